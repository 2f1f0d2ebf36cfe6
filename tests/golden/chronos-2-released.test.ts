/**
 * @file Chronos-2 in the shapes of the released 120 M model against the original (chronos-forecasting 2.3, PyTorch), with the weights of
 * a formula: the widths with two layers, and the whole. Files hold them, as they would hold the released ones.
 */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { parseChronos2Config } from '../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';
import { writeSafetensors } from '../../src-main/tensor/safetensors.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { writeFiles } from '../support/foundation-model.ts';
import { checkForecasts, checkNormalised } from './support/chronos-cases.ts';
import type { GoldenCase, GoldenItem } from './support/chronos-cases.ts';
import { checkWeights } from './support/checks.ts';
import type { WeightCheck } from './support/checks.ts';
import { formulaTensors } from './support/formula.ts';

interface Released {
  /** of the first case, then of the second */
  readonly items: readonly GoldenItem[];
  readonly models: readonly {
    readonly config: { readonly num_layers: number; readonly d_kv: number };
    readonly weight_check: WeightCheck;
    readonly parameters: number;
    readonly cases: readonly Omit<GoldenCase, 'items'>[];
  }[];
}
const { items, models } = JSON.parse(readFileSync(new URL('chronos-2-released.json', import.meta.url), 'utf8')) as Released;

const folders: string[] = [];
afterAll(() => folders.forEach(removeFolder));

/** The checkpoint as the files it would be released as; the weights do not stay in memory. */
function writeModel(model: Released['models'][number]): string {
  const shapes = parametersOf(parseChronos2Config(model.config));
  expect(shapes.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(model.parameters);
  const tensors = formulaTensors(shapes, model.config.d_kv);
  const some = Object.keys(model.weight_check);
  checkWeights(new Map(some.map((name) => [name, tensors.get(name)!])), model.weight_check);
  const folder = temporaryFolder('released');
  folders.push(folder);
  return writeFiles(folder, {
    'config.json': Buffer.from(JSON.stringify(model.config)),
    'model.safetensors': writeSafetensors(tensors),
  });
}

test.each(models)('$config.num_layers layers, $parameters parameters', async (model) => {
  const checkpoint = readCheckpoint(writeModel(model));
  const cases = model.cases.map((rest, i) => ({ ...rest, items: [items[i]] }));
  const runner = new Chronos2Runner(checkpoint);
  for (const one of cases) await checkForecasts(runner, one, true);
  await runner.close();
  await checkNormalised(checkpoint, cases[0]);
}, 180_000);
