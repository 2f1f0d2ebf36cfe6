/**
 * @file What training leaves, in both directions: chronos-forecasting 2.3 (with peft) forecast from files that Voltcast saved, checkpoints and
 * adapters alone, and Voltcast forecasts from files that chronos-forecasting saved. `chronos-2-tuned` holds the files and the forecasts.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { adapterConfig, adaptersOf, defaultLora, mergeAdapters } from '../../src-main/models/chronos/adapters.ts';
import type { LoraOptions } from '../../src-main/models/chronos/adapters.ts';
import { parseChronos2Config } from '../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import type { Checkpoint } from '../../src-main/models/chronos/runner.ts';
import { tunedConfig, tunedFiles } from '../../src-main/models/chronos/tuned-files.ts';
import { loadWeights, readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';
import { readSafetensors, toFloats } from '../../src-main/tensor/safetensors.ts';
import { floatTensors } from '../../src-main/tensor/stored.ts';
import { checkForecasts } from './support/chronos-cases.ts';
import type { GoldenCase, GoldenItem } from './support/chronos-cases.ts';
import { weightByFormula } from './support/formula.ts';

const folder = path.join(import.meta.dirname, 'chronos-2-tuned');
const jsonOf = (...names: readonly string[]): unknown => JSON.parse(readFileSync(path.join(folder, ...names), 'utf8'));

const { items, cases } = jsonOf('forecasts.json') as {
  readonly items: readonly GoldenItem[];
  readonly cases: readonly (Pick<GoldenCase, 'horizon' | 'quantiles'> & {
    readonly place: string;
    readonly context: number;
    readonly context_length: number;
    readonly max_output_patches: number;
  })[];
};
const baseJson = jsonOf('base.json') as Record<string, unknown>;
const config = parseChronos2Config(baseJson);
const shapes = parametersOf(config);
const base = new Map(shapes.map(({ name, shape }) => [name, weightByFormula(name, shape, config.headSize)]));
const checkpointOf = (weights: ReadonlyMap<string, Float32Array>): Checkpoint => ({ config, folder: null, tensors: floatTensors(shapes, weights) });

interface AdapterFiles {
  readonly json: Readonly<Record<string, unknown>> & { readonly r: number; readonly lora_alpha: number; readonly target_modules: readonly string[] };
  readonly lora: LoraOptions;
  readonly weights: ReadonlyMap<string, Float32Array>;
}
function adapterOf(place: string): AdapterFiles {
  const json = jsonOf(place, 'adapter_config.json') as AdapterFiles['json'];
  const lora = { rank: json.r, alpha: json.lora_alpha, targets: json.target_modules };
  const { tensors } = readSafetensors(readFileSync(path.join(folder, place, 'adapter_model.safetensors')), place);
  const wanted = adaptersOf(config, lora).flatMap(({ a, b }) => [a, b]);
  const shape = (name: string, dims: readonly number[]): string => `${name} ${dims.join('x')}`;
  expect([...tensors].map(([name, { dims }]) => shape(name, dims)).sort()).toEqual(wanted.map((one) => shape(one.name, one.shape)).sort());
  return { json, lora, weights: new Map([...tensors].map(([name, tensor]) => [name, toFloats(tensor, name)])) };
}

function opened(place: string): Checkpoint {
  if (place === 'base') return checkpointOf(base);
  if (!readdirSync(path.join(folder, place)).includes('adapter_config.json')) return readCheckpoint(path.join(folder, place));
  const { lora, weights } = adapterOf(place);
  return checkpointOf(mergeAdapters(config, lora, base, weights));
}

test.each(cases)('$place forecasts $horizon steps from $context as the original', async ({ place, context_length, max_output_patches, ...one }) => {
  const checkpoint = opened(place);
  expect(checkpoint.config).toMatchObject({ contextLength: context_length, maxOutputPatches: max_output_patches });
  const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: 1 });
  const known = items.map((item) => ({
    ...item,
    known: item.known.map(({ past, future }) => ({ past, future: future.slice(0, one.horizon) })),
  }));
  await checkForecasts(runner, { ...one, name: place, items: known, cross: false });
  await runner.close();
  // the forecasts of the checkpoint before are others
  const [before] = cases;
  if (place !== 'base' && one.horizon === before.horizon) {
    const apart = one.quantiles.flat(3).map((value, i) => Math.abs(value - before.quantiles.flat(3)[i]));
    expect(Math.max(...apart)).toBeGreaterThan(1);
  }
});

test.each(['full', 'lora'])('%s is saved as the files that the original read', (mode) => {
  const adapter = mode === 'lora' ? adapterOf('ours/lora/adapter') : null;
  const trained = adapter?.weights ?? loadWeights(readCheckpoint(path.join(folder, 'ours', mode)));
  const saved = tunedConfig(baseJson, { context: 44, horizon: 12 });
  const files = tunedFiles(saved, base, trained, adapter?.lora ?? null, 'base').files();
  const stored = readdirSync(path.join(folder, 'ours', mode), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect([...files.keys()].sort()).toEqual(stored.map(({ name }) => name).sort());
  for (const { name, parentPath } of stored)
    expect(readFileSync(path.join(parentPath, name)).equals(files.get(name as 'config.json')!), name).toBe(true);
});

test('what is written of adapters is what peft writes of the same ones', () => {
  const { json, lora } = adapterOf('theirs/lora');
  const sorted = <T extends { readonly target_modules?: unknown }>(of: T): T => ({ ...of, target_modules: (of.target_modules as string[]).toSorted() });
  expect({ ...lora, targets: [] }).toEqual({ ...defaultLora, targets: [] });
  expect(sorted(json)).toMatchObject(sorted(adapterConfig(defaultLora, 'base')));
});
