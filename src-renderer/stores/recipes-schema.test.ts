import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { recipeSchema } from '../../src-preload/contract/recipe.ts';
import { fieldsAt, modelTypeIn, yamlPosition } from './recipes-schema.ts';

const plain = z.toJSONSchema(recipeSchema, { io: 'input' }) as Record<string, unknown>;
const keys = (path: string[], type: string | null = null, root = plain) =>
  fieldsAt(root, path, type).map((field) => field.key);

describe('fields of the real schema', () => {
  test('top level and nested', () => {
    expect(keys([])).toContain('forecast');
    expect(keys(['features', 'holidays'])).toEqual(['country', 'region']);
    expect(keys(['nowhere'])).toEqual([]);
  });
  test('kinds, choices, meaning', () => {
    const strategy = fieldsAt(plain, ['split'], null).find((field) => field.key === 'strategy')!;
    expect(strategy).toMatchObject({
      kind: 'choice',
      choices: ['expanding', 'sliding'],
      default: 'expanding',
    });
    const gap = fieldsAt(plain, ['split'], null).find((field) => field.key === 'gap')!;
    expect(gap).toMatchObject({ kind: 'integer', minimum: 0, maximum: null });
    expect(gap.description).toMatch(/Steps between/);
    const horizon = fieldsAt(plain, ['forecast'], null).find((field) => field.key === 'horizon')!;
    expect(horizon).toMatchObject({ kind: 'text', choices: ['day'] });
  });
});

describe('parameters that depend on the model', () => {
  const params = (names: string[]) => ({
    properties: {
      params: { type: 'object', properties: Object.fromEntries(names.map((n) => [n, { type: 'number' }])) },
    },
  });
  const model = { type: 'object', properties: { type: { type: 'string' }, params: { type: 'object' } } };
  test('as if/then inside the model', () => {
    const root = {
      properties: {
        model: {
          ...model,
          allOf: [
            { if: { properties: { type: { const: 'xgboost' } } }, then: params(['eta']) },
            { if: { properties: { type: { const: 'linear' } } }, then: params(['alpha']) },
          ],
        },
      },
    };
    expect(keys(['model', 'params'], 'xgboost', root)).toEqual(['eta']);
    expect(keys(['model', 'params'], 'linear', root)).toEqual(['alpha']);
  });
  test('as if/then around the whole recipe', () => {
    const root = {
      properties: { model },
      allOf: [
        {
          if: { properties: { model: { properties: { type: { const: 'linear' } } } } },
          then: { properties: { model: params(['alpha']) } },
        },
      ],
    };
    expect(keys(['model', 'params'], 'linear', root)).toEqual(['alpha']);
    expect(keys(['model', 'params'], 'xgboost', root)).toEqual([]);
  });
  test('as one variant per type', () => {
    const variant = (type: string, name: string) => ({
      type: 'object',
      properties: { type: { const: type }, ...params([name]).properties },
    });
    const root = {
      properties: { model: { oneOf: [variant('xgboost', 'eta'), variant('linear', 'alpha')] } },
    };
    expect(keys(['model', 'params'], 'linear', root)).toEqual(['alpha']);
  });
});

describe('where the cursor stands', () => {
  const text =
    'task: forecast\nmodel: # the model\n  type: xgboost\n  params:\n    eta: 0.1\n    ma\nsplit:\n  ';
  const at = (mark: string) => yamlPosition(text, text.indexOf(mark) + mark.length);
  test('a key three levels deep', () => {
    expect(at('    ma')).toEqual({
      path: ['model', 'params'],
      valueOf: null,
      from: text.indexOf('    ma') + 4,
    });
  });
  test('a value', () => {
    expect(at('type: xg')).toMatchObject({ path: ['model'], valueOf: 'type' });
  });
  test('an empty line inside a section, and the top', () => {
    expect(yamlPosition(text, text.length)).toMatchObject({ path: ['split'], valueOf: null });
    expect(yamlPosition('ta', 2)).toEqual({ path: [], valueOf: null, from: 0 });
  });
  test('the model type is found while the rest is broken', () => {
    expect(modelTypeIn(text)).toBe('xgboost');
    expect(modelTypeIn('model:\n  params:\n    a: 1\n  type: "linear"\n: :')).toBe('linear');
    expect(modelTypeIn('task: forecast')).toBeNull();
  });
});
