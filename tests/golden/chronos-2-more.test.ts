/**
 * @file Forecasts by Chronos-2 against the original (chronos-forecasting 2.3, PyTorch) in cases that chronos-2.json lacks: several
 * targets, items together, the levels of the released models, other patches, no arcsinh.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, test } from 'vitest';
import { parseChronos2Config } from '../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import type { Checkpoint } from '../../src-main/models/chronos/runner.ts';
import { checkForecasts, checkNormalised } from './support/chronos-cases.ts';
import type { GoldenCase } from './support/chronos-cases.ts';
import { checkWeights } from './support/checks.ts';
import type { WeightCheck } from './support/checks.ts';
import { formulaTensors } from './support/formula.ts';

interface Model {
  readonly name: string;
  readonly config: unknown;
  readonly weight_check: WeightCheck;
  readonly cases: readonly GoldenCase[];
}
const { models } = JSON.parse(readFileSync(new URL('chronos-2-more.json', import.meta.url), 'utf8')) as {
  readonly models: readonly Model[];
};

describe.each(models)('$name', (model) => {
  const config = parseChronos2Config(model.config);
  const tensors = formulaTensors(parametersOf(config), config.headSize);
  const checkpoint: Checkpoint = { config, folder: null, tensors };
  const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: 1 });
  afterAll(() => runner.close());

  test('has the tensors of the original', () => checkWeights(tensors, model.weight_check));
  test.each(model.cases)('$name', (one) => checkForecasts(runner, one));
  test.each(model.cases.filter((one) => one.normalised))('$name: what the network gives', (one) => checkNormalised(checkpoint, one));
});
