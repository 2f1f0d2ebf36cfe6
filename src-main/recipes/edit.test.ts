import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AppError } from '../../src-preload/contract/index.ts';
import { editRecipe } from './edit.ts';

const text = `# head
version: 1

model:   # the model
    type: xgboost      # aligned
    params:
        eta: 0.1   # step size
        max_depth: 6

data:
split: { test: 0.2, gap: 0 }   # flow
forecast:
    quantiles: [0.1, 0.5, 0.9] # levels
# tail
`;

describe('editRecipe', () => {
  it('changes a value and nothing else', () => {
    expect(editRecipe(text, { 'model.params.eta': '0.05' })).toBe(text.replace('eta: 0.1 ', 'eta: 0.05 '));
    expect(editRecipe(text, { 'split.test': 0.3 })).toBe(text.replace('test: 0.2', 'test: 0.3'));
    expect(editRecipe(text, { 'forecast.quantiles': '[0.25, 0.75]' })).toBe(
      text.replace('[0.1, 0.5, 0.9]', '[0.25, 0.75]'),
    );
  });

  it('adds a key where it belongs, with the indentation of its map', () => {
    expect(editRecipe(text, { 'model.params.subsample': '0.8' })).toBe(
      text.replace('max_depth: 6\n', 'max_depth: 6\n        subsample: 0.8\n'),
    );
    expect(editRecipe(text, { 'forecast.horizon': 96 })).toBe(
      text.replace('# levels\n', '# levels\n    horizon: 96\n'),
    );
    expect(editRecipe(text, { 'tracking.tags.site': 'north' })).toBe(
      text.replace('# levels\n', '# levels\ntracking:\n  tags:\n    site: north\n'),
    );
  });

  it('fills an empty section and a flow map, keeping comments', () => {
    const edited = editRecipe(text, { 'data.target': 'Usage_kWh', 'split.maxWindows': '5' });
    expect(parse(edited)).toMatchObject({
      data: { target: 'Usage_kWh' },
      split: { test: 0.2, gap: 0, maxWindows: 5 },
    });
    for (const comment of [
      '# head',
      '# the model',
      '# aligned',
      '# step size',
      '# flow',
      '# levels',
      '# tail',
    ])
      expect(edited).toContain(comment);
  });

  it.each([
    ['model.params.eta', '0.05', 0.05],
    ['model.params.eta', '1e-3', 0.001],
    ['features.calendar', 'false', false],
    ['forecast.horizon', '96', 96],
    ['forecast.horizon', 'day', 'day'],
    ['split.test', '2018-10-20', '2018-10-20'],
    ['split.test', '0.3', 0.3],
    ['features.lags', '[96, 672]', [96, 672]],
    ['data.series', 'null', null],
    // a column may be called 12 or true: the key takes text
    ['data.target', '12', '12'],
    ['data.target', 'true', 'true'],
    ['data.target', 'a: b', 'a: b'],
    ['data.target', '[kW', '[kW'],
    ['data.target', 'CO2(tCO2) # x', 'CO2(tCO2) # x'],
    ['runtime.seed', 7, 7],
    ['data.pastCovariates', ['a', 'b # c'], ['a', 'b # c']],
  ])('%s = %j is read as %j', (key, value, expected) => {
    const edited = parse(editRecipe(text, { [key]: value })) as Record<string, unknown>;
    const found = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], edited);
    expect(found).toEqual(expected);
  });

  it('makes a recipe out of nothing', () => {
    expect(parse(editRecipe('', { 'model.type': 'linear', 'model.params.alpha': '2' }))).toEqual({
      model: { type: 'linear', params: { alpha: 2 } },
    });
  });

  it('works without a newline at the end and with CRLF', () => {
    expect(parse(editRecipe('model:\n  type: linear', { 'split.gap': 4 }))).toEqual({
      model: { type: 'linear' },
      split: { gap: 4 },
    });
    const crlf = editRecipe('model:\r\n  type: linear\r\nversion: 1\r\n', { 'model.type': 'xgboost' });
    expect(crlf).toBe('model:\r\n  type: xgboost\r\nversion: 1\r\n');
  });

  it('refuses keys that lead through a value, and text that is not YAML', () => {
    expect(() => editRecipe(text, { 'version.x': 1 })).toThrow(AppError);
    expect(() => editRecipe(text, { 'model..x': 1 })).toThrow(/not a key/);
    expect(() => editRecipe('a: [', { 'model.type': 'linear' })).toThrow(/cannot be edited/);
  });

  it('sets what it is asked to, whatever the value', () => {
    const data = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Object.is(x, -0) ? 0 : x)),
      fc.boolean(),
      fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 }),
    );
    const at = (key: string, edited: string): unknown =>
      key.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], parse(edited));
    fc.assert(
      fc.property(
        data,
        fc.constantFrom('model.params.eta', 'split.test', 'data.target', 'a.b.c'),
        (value, key) => {
          expect(at(key, editRecipe(text, { [key]: value }))).toEqual(value);
        },
      ),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
        fc.pre(!/^\s*(null|~)?\s*$/.test(value));
        expect(at('data.target', editRecipe(text, { 'data.target': value }))).toBe(value);
      }),
    );
  });
});
