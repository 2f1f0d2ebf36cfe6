import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-preload/contract/index.ts';
import { editRecipe } from './edit.ts';
import { listTemplates, readRecipe } from './catalogue.ts';
import { parseRecipe, recipeOrThrow } from './parse.ts';

const issuesOf = (text: string) => parseRecipe(text, 'r.yaml').issues;
/** `line:column code key -> suggestion`, the part of an issue a reader acts on */
const brief = (text: string): string[] =>
  issuesOf(text).map(
    (found) =>
      `${found.line}:${found.column} ${found.code}${found.key === null ? '' : ` ${found.key}`}${found.suggestion === null ? '' : ` -> ${found.suggestion}`}`,
  );

describe('parseRecipe', () => {
  it('fills every default in', () => {
    const { recipe, issues } = parseRecipe('model:\n  type: linear\n');
    expect(issues).toEqual([]);
    expect(recipe).toMatchObject({
      version: 1,
      task: 'forecast',
      data: { target: null, pastCovariates: [] },
      split: { test: 0.2, strategy: 'expanding', gap: 0, refit: 0 },
      forecast: { horizon: 'day', strategy: 'direct' },
      model: { type: 'linear', params: {} },
      runtime: { seed: 42, retry: { count: 0 } },
    });
  });

  it('takes a section that holds nothing but comments', () => {
    expect(issuesOf('model:\n  type: linear\n  params:\ndata:\n  # target: kWh\nthresholds:\n')).toEqual([]);
  });

  it.each([
    // unknown keys
    ['modle:\n  type: linear\nmodel:\n  type: linear\n', ['1:1 unknown-key modle -> model']],
    ['model:\n  type: linear\nsplit:\n  tset: 0.2\n', ['4:3 unknown-key split.tset -> test']],
    ['model:\n  type: linear\nhorizon: 96\n', ['3:1 unknown-key horizon -> forecast.horizon']],
    ['model:\n  type: linear\nzzzzqq: 96\n', ['3:1 unknown-key zzzzqq']],
    [
      'model:\n  type: linear\nthresholds:\n  rsme: { max: 3 }\n',
      ['4:3 unknown-key thresholds.rsme -> rmse'],
    ],
    [
      'model:\n  type: linear\nforecast:\n  Quantiles: [0.1, 0.9]\n',
      ['4:3 unknown-key forecast.Quantiles -> quantiles'],
    ],
    // wrong types
    ['model:\n  type: linear\ndata:\n  target: 3\n', ['4:11 wrong-type data.target -> "3"']],
    ['model:\n  type: linear\nsplit:\n  gap: "4"\n', ['4:8 wrong-type split.gap -> 4']],
    ['model:\n  type: linear\nsplit:\n  refit: 1.5\n', ['4:10 wrong-type split.refit']],
    ['model:\n  type: linear\nfeatures:\n  calendar: yes\n', ['4:13 wrong-type features.calendar -> true']],
    ['model:\n  type: linear\nfeatures:\n  lags: 96\n', ['4:9 wrong-type features.lags -> [96]']],
    [
      'model:\n  type: linear\ncleaning:\n  outlierSigma: 3,5\n',
      ['4:17 wrong-type cleaning.outlierSigma -> 3.5'],
    ],
    ['model:\n  type: linear\nforecast:\n  horizon: dya\n', ['4:12 wrong-type forecast.horizon -> day']],
    ['model:\n  type: linear\ntracking: x\n', ['3:11 wrong-type tracking']],
    // values
    ['model:\n  type: xgbost\n', ['2:9 invalid-value model.type -> xgboost']],
    ['task: forcast\nmodel:\n  type: linear\n', ['1:7 invalid-value task -> forecast']],
    ['model:\n  type: linear\nsplit:\n  gap: -1\n', ['4:8 out-of-range split.gap']],
    [
      'model:\n  type: linear\nforecast:\n  quantiles: [0.1, 2]\n',
      ['4:20 out-of-range forecast.quantiles.1'],
    ],
    // missing
    ['version: 1\n', ['1:1 missing-key model']],
    ['model:\n  params: {}\n', ['1:1 missing-key model.type']],
    ['', ['1:1 empty model']],
    ['# only a comment\n', ['1:1 empty model']],
    ['- a\n- b\n', ['1:1 wrong-type']],
    // YAML
    ['model:\n  type: linear\nmodel:\n  type: xgboost\n', ['3:1 duplicate-key']],
    ['model:\n\ttype: linear\n', ['2:1 yaml-syntax']],
    ['model: {type: linear\n', ['2:1 yaml-syntax']],
    ['model:\n  type: linear\n---\nmodel:\n  type: linear\n', ['3:1 yaml-syntax']],
    // contradictions
    ['model:\n  type: linear\nsplit:\n  test: 20/10/2018\n', ['4:9 invalid-date split.test -> 2018-10-20']],
    ['model:\n  type: linear\nsplit:\n  test: 20%\n', ['4:9 invalid-date split.test -> 0.2']],
    ['model:\n  type: linear\nsplit:\n  test: 2018-02-30\n', ['4:9 invalid-date split.test']],
    ['model:\n  type: linear\ndata:\n  from: 2018-05-01\n  to: 2018-04-01\n', ['5:7 contradiction data.to']],
    [
      'model:\n  type: linear\ndata:\n  pastCovariates: [a]\n  knownCovariates: [b, a]\n',
      ['5:24 contradiction data.knownCovariates.1'],
    ],
    [
      'model:\n  type: linear\ndata:\n  target: a\n  pastCovariates: [a]\n',
      ['5:20 contradiction data.pastCovariates.0'],
    ],
    ['model:\n  type: linear\nsplit:\n  strategy: sliding\n', ['4:13 contradiction split.strategy']],
    [
      'model:\n  type: linear\nforecast:\n  quantiles: [0.9, 0.1]\n',
      ['4:14 not-ascending forecast.quantiles -> [0.1, 0.9]'],
    ],
    [
      'model:\n  type: linear\nthresholds:\n  rmse: { min: 3, max: 2 }\n',
      ['4:16 contradiction thresholds.rmse.min'],
    ],
    ['task: regression\nmodel:\n  type: seasonal_naive\n', ['3:9 unsupported-combination model.type']],
  ])('%j', (text, expected) => {
    expect(brief(text)).toEqual(expected);
    expect(parseRecipe(text).recipe).toBeNull();
  });

  it.each([
    ['task: classification\nmodel:\n  type: xgboost\n', ['1:7 engine-not-available task']],
    [
      'model:\n  type: chronos_bolt\ndata:\n  knownCovariates: [shift]\n',
      ['4:20 without-effect data.knownCovariates'],
    ],
    ['model:\n  type: linear\nsplit:\n  trainWindow: 960\n', ['4:16 without-effect split.trainWindow']],
    ['model:\n  type: linear\ndata:\n  allowLeakage: true\n', ['4:17 without-effect data.allowLeakage']],
  ])('warns and goes on: %j', (text, expected) => {
    expect(brief(text)).toEqual(expected);
    expect(parseRecipe(text).recipe).not.toBeNull();
  });

  it('says what was expected and what was found', () => {
    const [found] = issuesOf('model:\n  type: linear\nsplit:\n  gap: soon\n');
    expect(found?.message).toBe('split.gap takes a whole number from 0, found the text "soon".');
    const [union] = issuesOf('model:\n  type: linear\ndata:\n  features: 5\n');
    expect(union?.message).toBe('data.features takes "auto" or a list of texts, found the number 5.');
  });

  it('checks model parameters by the type', () => {
    expect(brief('model:\n  type: xgboost\n  params:\n    max_dept: 6\n')).toEqual([
      '4:5 unknown-parameter model.params.max_dept -> max_depth',
    ]);
    expect(brief('model:\n  type: xgboost\n  params:\n    max_depth: deep\n')).toEqual([
      '4:16 wrong-type model.params.max_depth',
    ]);
    // even when another key is wrong
    expect(brief('modle: 1\nmodel:\n  type: xgboost\n  params:\n    max_dept: 6\n')).toEqual([
      '1:1 unknown-key modle -> model',
      '5:5 unknown-parameter model.params.max_dept -> max_depth',
    ]);
  });

  it('reports several issues, errors first and in the order of the file', () => {
    const text = 'model:\n  type: linear\nsplit:\n  gap: -1\n  tset: 1\n';
    expect(brief(text)).toEqual(['4:8 out-of-range split.gap', '5:3 unknown-key split.tset -> test']);
  });

  it('resolves aliases and merges, with places', () => {
    const text = 'x: &a [1, 2]\nmodel:\n  type: linear\n';
    expect(brief(text)).toEqual(['1:1 unknown-key x']);
    const shared = 'model: &m\n  type: linear\nfeatures:\n  lags: &l [96]\n  rolling: *l\n';
    expect(parseRecipe(shared).recipe?.features.rolling).toEqual([96]);
  });

  it('refuses an alias bomb quickly', () => {
    const levels = Array.from({ length: 12 }, (_, i) =>
      i === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${i}: &a${i} [${Array(9)
            .fill(`*a${i - 1}`)
            .join(', ')}]`,
    ).join('\n');
    const started = performance.now();
    const { issues, recipe } = parseRecipe(`${levels}\nmodel:\n  type: linear\n`);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(recipe).toBeNull();
    expect(issues[0]?.code).toBe('too-many-aliases');
    expect(issues[0]?.line).toBe(2);
  });

  it('refuses large and deep text', () => {
    expect(issuesOf(`# ${'x'.repeat(300_000)}\nmodel:\n  type: linear\n`)[0]?.code).toBe('too-large');
    expect(issuesOf(`model: ${'['.repeat(60)}${']'.repeat(60)}\n`)[0]?.code).toBe('too-deep');
  });

  it('does not follow a prototype', () => {
    expect(brief('__proto__:\n  a: 1\nmodel:\n  type: linear\n').length).toBeLessThanOrEqual(1);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
    expect(brief('constructor: 1\nmodel:\n  type: linear\n')).toEqual(['1:1 unknown-key constructor']);
  });

  it('throws the first issue with all of them as details', () => {
    const thrown = (() => {
      try {
        recipeOrThrow('model:\n  type: linear\nsplit:\n  gap: -1\n  tset: 1\n', 'mine.yaml');
        return null;
      } catch (error) {
        return error as AppError;
      }
    })();
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown?.code).toBe('recipe-invalid');
    expect(thrown?.message).toMatch(/^mine\.yaml, line 4, column 8: .*\(and 1 more\)$/);
    expect(thrown?.place).toEqual({ file: 'mine.yaml', line: 4, column: 8, key: 'split.gap' });
    expect(thrown?.details?.issues).toHaveLength(2);
  });

  it('answers any text with a recipe or with an error that has a place inside it', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 20, unit: 'grapheme' }),
      fc.constantFrom(
        'model:',
        '  type: linear',
        '  params: {}',
        'split:',
        '  test: 0.2',
        '- a',
        '\t',
        '&a',
        '*a',
        '{',
        ']',
        '"',
        '? x',
        '<<: *a',
        '---',
        '...',
        '%TAG',
        '!!set',
        'data: null',
        '|',
        '>',
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (parts) => {
        const text = parts.join('\n');
        const { issues, recipe } = parseRecipe(text);
        const errors = issues.filter((found) => found.severity === 'error');
        expect(recipe === null).toBe(errors.length > 0);
        for (const found of errors) {
          expect(found.message).not.toBe('');
          if (found.line !== null) expect(found.line).toBeLessThanOrEqual(text.split('\n').length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads every template the same after any key was set to what it was', () => {
    for (const { name } of listTemplates(null)) {
      const { text } = readRecipe(name, null);
      const { recipe } = parseRecipe(text);
      const edited = editRecipe(text, {
        'split.test': recipe!.split.test,
        'forecast.horizon': recipe!.forecast.horizon,
        'runtime.seed': recipe!.runtime.seed,
      });
      expect(parseRecipe(edited).recipe).toEqual(recipe);
      const comments = (yaml: string): string[] => yaml.match(/#.*$/gm) ?? [];
      expect(comments(edited)).toEqual(comments(text));
    }
  });
});
