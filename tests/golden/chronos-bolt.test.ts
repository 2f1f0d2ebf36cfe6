/** @file Forecasts by Chronos-Bolt against the original (chronos-forecasting 2.3, PyTorch), with the weights of a formula. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { atLevels } from '../../src-main/models/chronos/quantile-levels.ts';
import { boltTensors, parseBoltConfig } from '../../src-main/models/chronos-bolt/config.ts';
import { predictBolt } from '../../src-main/models/chronos-bolt/predict.ts';
import { BoltRunner } from '../../src-main/models/chronos-bolt/runner.ts';
import { checkWeights, near } from './support/checks.ts';
import type { WeightCheck } from './support/checks.ts';
import { formulaTensors } from './support/formula.ts';

interface Case {
  readonly name: string;
  readonly config: unknown;
  readonly weight_check: WeightCheck;
  readonly series: readonly (readonly (number | null)[])[];
  /** by horizon, shape (series)(levels)(steps) */
  readonly predictions: Readonly<Record<string, readonly (readonly (readonly number[])[])[]>>;
  readonly levels?: readonly number[];
  /** of the predictions in ascending order, shape (series)(steps)(levels) */
  readonly quantiles?: readonly (readonly (readonly number[])[])[];
}
const cases = JSON.parse(readFileSync(new URL('chronos-bolt.json', import.meta.url), 'utf8')) as readonly Case[];

describe.each(cases)('$name', (one) => {
  const config = parseBoltConfig(one.config);
  const tensors = formulaTensors(boltTensors(config), config.t5.headSize);
  const series = one.series.map((row) => Float32Array.from(row, (value) => value ?? Number.NaN));
  const predict = async (horizon: number, rows?: number): Promise<Float32Array[]> => {
    const runner = new BoltRunner({ config, tensors, folder: null }, { intraOpNumThreads: 1 });
    try {
      return await predictBolt(runner, series, { horizon, ...(rows === undefined ? {} : { rows }) });
    } finally {
      await runner.close();
    }
  };

  test('has the tensors of the original', () => checkWeights(tensors, one.weight_check));

  test.each(Object.keys(one.predictions))('%s steps', async (horizon) => {
    const found = await predict(Number(horizon));
    one.predictions[horizon].forEach((levels, s) => {
      expect(found[s]).toHaveLength(levels.length * Number(horizon));
      levels.flat().forEach((value, i) => near(found[s][i], value, `series ${s}, element ${i}`));
    });
  });

  test('a series is forecast the same whatever goes with it', async () => {
    const horizon = config.predictionLength + 1;
    const [together, apart] = [await predict(horizon), await predict(horizon, 1)];
    together.forEach((row, s) => row.forEach((value, i) => near(apart[s][i], value, `series ${s}, element ${i}`)));
  });

  test.runIf(one.quantiles)("levels between and beyond the model's", async () => {
    const found = await predict(4);
    one.quantiles!.forEach((steps, s) =>
      steps.forEach((values, t) => {
        const own = config.quantiles.map((_, q) => found[s][q * 4 + t]).sort((a, b) => a - b);
        atLevels(config.quantiles, own, one.levels!).forEach((value, i) => near(value, values[i], `series ${s}, step ${t}`));
      }),
    );
  });
});

test('what cannot be run is said with its key', () => {
  const changed = (change: object): unknown => {
    const config = structuredClone(cases[0].config) as Record<string, object>;
    return { ...config, ...change, chronos_config: { ...config['chronos_config'], ...('chronos_config' in change ? (change.chronos_config as object) : {}) } };
  };
  const refused: readonly (readonly [object, RegExp])[] = [
    [{ feed_forward_proj: 'gated-gelu' }, /Chronos-Bolt.*feed_forward_proj/],
    [{ d_model: 1e9 }, /d_model/],
    [{ decoder_start_token_id: 2 }, /decoder_start_token_id/],
    [{ chronos_config: { input_patch_stride: 2 } }, /overlap/],
    [{ chronos_config: { quantiles: [0.5, 0.1] } }, /ascend/],
  ];
  for (const [change, message] of refused) expect(() => parseBoltConfig(changed(change))).toThrow(message);
});
