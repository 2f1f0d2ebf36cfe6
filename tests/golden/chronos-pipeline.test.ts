/**
 * @file Forecasts by the inference graph and the pipeline around it, against the original (chronos-forecasting 2.3, PyTorch):
 * covariates, horizons beyond the model's own, items that see each other, other levels, categories.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { encodeCategories } from '../../src-main/models/chronos/categories.ts';
import { encodeBatch } from '../../src-main/models/chronos/encode.ts';
import { predictItems } from '../../src-main/models/chronos/predict.ts';
import type { ChronosItem, PredictOptions } from '../../src-main/models/chronos/predict.ts';
import { atLevels, massOf, weightedQuantiles } from '../../src-main/models/chronos/quantile-levels.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { checkpoint, config, golden } from './support/chronos.ts';

type Rows = readonly (readonly (number | null)[])[];
interface Input {
  readonly target: readonly (number | null)[];
  readonly past_covariates: Readonly<Record<string, readonly (number | null)[]>>;
  readonly future_covariates: Readonly<Record<string, readonly (number | null)[]>>;
}
/** shape (items)(targets)(levels or steps)(steps or levels) */
type Forecasts = readonly (readonly (readonly (readonly number[])[])[])[];
interface Pipeline extends Readonly<Record<string, unknown>> {
  readonly inputs: readonly Input[];
  readonly predict_quantiles_h9: { readonly levels: readonly number[]; readonly quantiles: Forecasts };
}
const pipeline = golden['pipeline'] as Pipeline;
const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: 1 });
afterAll(() => runner.close());

const floats = (values: readonly (number | null)[]): Float32Array => Float32Array.from(values, (value) => value ?? Number.NaN);
const items = pipeline.inputs.map(({ target, past_covariates: past, future_covariates: future }): ChronosItem => ({
  targets: [floats(target)],
  past: Object.entries(past).flatMap(([name, values]) => (Object.hasOwn(future, name) ? [] : [floats(values)])),
  known: Object.entries(future).map(([name, values]) => ({ past: floats(past[name]), future: floats(values) })),
}));

const near = (found: number, wanted: number, what: string, tolerance = 1e-4): void => {
  expect(Math.abs(found - wanted) / Math.max(1, Math.abs(wanted)), `${what}: ${found}, ${wanted}`).toBeLessThan(tolerance);
};

describe('predict', () => {
  test.each<[string, PredictOptions]>([
    ['predict_h9', { horizon: 9 }],
    ['predict_h16', { horizon: 16 }],
    ['predict_h40', { horizon: 40 }],
    ['predict_h9_cross_learning', { horizon: 9, crossLearning: true }],
    ['predict_h9_context32', { horizon: 9, context: 32 }],
  ])('%s', async (key, options) => {
    const wanted = pipeline[key] as Forecasts;
    const found = await predictItems(runner, items, options);
    wanted.forEach((targets, i) =>
      targets.forEach((levels, t) => {
        expect(found[i][t]).toHaveLength(levels.length * options.horizon);
        levels.flat().forEach((value, k) => near(found[i][t][k], value, `item ${i}, element ${k}`));
      }),
    );
  });

  test('other levels lie on straight lines between the model\'s', async () => {
    const { levels, quantiles } = pipeline.predict_quantiles_h9;
    const found = await predictItems(runner, items, { horizon: 9 });
    quantiles.forEach(([steps], i) =>
      steps.forEach((values, t) => {
        const own = config.quantiles.map((_, q) => found[i][0][q * 9 + t]);
        atLevels(config.quantiles, own, levels).forEach((value, k) => near(value, values[k], `item ${i}, step ${t}`));
      }),
    );
  });

  test('an item is forecast the same whatever goes with it', async () => {
    const [together, apart] = [
      await predictItems(runner, items, { horizon: 9 }),
      await predictItems(runner, items, { horizon: 9, rows: 1 }),
    ];
    together.forEach((targets, i) => targets.forEach((row, t) => row.forEach((value, k) => near(apart[i][t][k], value, `${i}`))));
  });

  test.each(['forward_univariate', 'forward_grouped', 'forward_edge_allnan_constant_leftpad', 'forward_long_context_truncated'])(
    '%s by the inference graph',
    async (name) => {
      const { context, group_ids: ids, num_output_patches: outputPatches, quantile_preds: wanted, ...more } = golden[name] as {
        readonly context: Rows;
        readonly future_covariates: Rows | null;
        readonly group_ids: readonly number[];
        readonly num_output_patches: number;
        readonly quantile_preds: readonly (readonly (readonly number[])[])[];
      };
      for (const id of new Set(ids)) {
        const members = ids.flatMap((other, row) => (other === id ? [row] : []));
        const batch = encodeBatch(config, {
          contexts: members.map((row) => floats(context[row])),
          groups: members.map(() => 0),
          futures: members.map((row) => (more.future_covariates === null ? null : floats(more.future_covariates[row]))),
          outputPatches,
        });
        const found = await runner.run(batch, members.length);
        members.flatMap((row) => wanted[row].flat()).forEach((value, k) => near(found[k], value, `group ${id}, element ${k}`));
      }
    },
  );
});

test('categories become what the original makes of them', () => {
  const { inputs, target_encoding, ordinal_encoding } = golden['categorical'] as Record<string, readonly {
    readonly target: readonly (number | null)[];
    readonly past: readonly (string | number | null)[];
    readonly future: readonly (string | number | null)[];
  }[]>;
  const given = inputs.map(({ target, past, future }) => ({
    targets: [floats(target)],
    past: past as readonly (string | null)[],
    future: future as readonly (string | null)[],
  }));
  const same = (found: Float32Array, wanted: readonly (string | number | null)[]): void =>
    wanted.forEach((value, i) => {
      if (value === null) expect(found[i]).toBeNaN();
      else expect(found[i]).toBeCloseTo(Number(value), 4);
    });
  const check = (targets: 1 | 2, wanted: typeof inputs): void =>
    encodeCategories(given.map((item) => ({ ...item, targets: Array.from({ length: targets }, () => item.targets[0]) }))).forEach(
      (found, i) => {
        same(found.past, wanted[i].past);
        same(found.future, wanted[i].future);
      },
    );
  check(1, target_encoding);
  check(2, ordinal_encoding);
});

describe('levels', () => {
  interface Case {
    readonly levels: readonly number[];
    readonly values: readonly number[];
    readonly samples: readonly number[];
    readonly weights: readonly number[];
    readonly query: readonly number[];
    readonly result: readonly number[];
  }
  test('interpolation', () => {
    const { levels, values, query, result } = golden['interpolate_quantiles'] as Case;
    atLevels(levels, values, query).forEach((value, i) => near(value, result[i], `level ${query[i]}`, 1e-6));
  });
  test('weighted quantiles', () => {
    const { samples, weights, query, result } = golden['weighted_quantile'] as Case;
    weightedQuantiles(samples, weights, query).forEach((value, i) => near(value, result[i], `level ${query[i]}`, 1e-6));
  });
  test('mass of levels', () => {
    const { levels_model: own, levels_unrolled_default: paths } = golden['prob_mass'] as Record<string, readonly number[]>;
    massOf(config.quantiles).forEach((value, i) => near(value, own[i], `level ${i}`, 1e-6));
    massOf(paths.map((_, i) => (i + 1) / 10)).forEach((value, i) => near(value, paths[i], `path ${i}`, 1e-6));
  });
});
