import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { predictItems } from '../../src-main/models/chronos/predict.ts';
import type { ChronosItem } from '../../src-main/models/chronos/predict.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import type { Checkpoint } from '../../src-main/models/chronos/runner.ts';
import {
  asFloat16,
  asInt8,
  loadWeights,
  readCheckpoint,
} from '../../src-main/services/chronos-checkpoint.ts';
import { TensorDevice } from '../../src-main/tensor/device.ts';
import { writeSafetensors } from '../../src-main/tensor/safetensors.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { checkpoint, middleConfig, series } from '../support/middle-chronos.ts';

const items = [0, 1, 2].map((row): ChronosItem => ({ targets: [series(1024, row)], past: [], known: [] }));
const together: ChronosItem[] = [{ targets: [series(512, 4)], past: [series(512, 5)], known: [] }];

async function forecasts(
  made: Checkpoint,
  given: readonly ChronosItem[] = items,
  device?: TensorDevice,
): Promise<number[]> {
  const runner = new Chronos2Runner(made, { intraOpNumThreads: 1, ...(device ? { device } : {}) });
  const out = await predictItems(runner, given, { horizon: 32 });
  await runner.close();
  return out.flatMap(([target]) => [...target!]);
}

/** mean and largest difference, in deviations of the series */
function apart(found: readonly number[], wanted: readonly number[]): { mean: number; worst: number } {
  const differences = found.map((value, i) => Math.abs(value - wanted[i]!) / 21);
  return {
    mean: differences.reduce((a, b) => a + b, 0) / differences.length,
    worst: Math.max(...differences),
  };
}

const narrow = {
  float16: (values: Float32Array) => new Uint8Array(Float16Array.from(values).buffer),
  bfloat16: (values: Float32Array) =>
    new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16).buffer),
};

const folders: string[] = [];
afterAll(() => folders.forEach(removeFolder));

function stored(type: keyof typeof narrow): string {
  const folder = temporaryFolder('precision');
  folders.push(folder);
  const tensors = [...loadWeights(checkpoint)].map(
    ([name, values]) =>
      [name, { type, dims: checkpoint.tensors.get(name)!.dims, data: narrow[type](values) }] as const,
  );
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(middleConfig));
  writeFileSync(path.join(folder, 'model.safetensors'), writeSafetensors(new Map(tensors)));
  return folder;
}

let full: number[];
beforeAll(async () => {
  full = await forecasts(checkpoint);
});

test('weights stored in 16 bits are those numbers, computed with in 32', async () => {
  const half = await forecasts(readCheckpoint(stored('float16')));
  expect(half).toEqual(await forecasts(asFloat16(checkpoint)));
  expect(apart(half, full).worst).toBeLessThan(0.01);
  expect(half).not.toEqual(full);

  const folder = stored('bfloat16');
  const brain = await forecasts(readCheckpoint(folder));
  const widened = [...loadWeights(readCheckpoint(folder))].map(
    ([name, values]) =>
      [
        name,
        {
          type: 'float32' as const,
          dims: checkpoint.tensors.get(name)!.dims,
          data: new Uint8Array(values.buffer),
        },
      ] as const,
  );
  expect(brain).toEqual(await forecasts({ ...checkpoint, tensors: new Map(widened) }));
  expect(apart(brain, full).worst).toBeLessThan(0.1);
});

test('weights of 8 bits forecast nearly the same, alone and in groups', async () => {
  const int8 = asInt8(checkpoint);
  const alone = apart(await forecasts(int8), full);
  expect(alone.mean).toBeLessThan(0.02);
  expect(alone.worst).toBeLessThan(0.15);
  expect(alone.worst).toBeGreaterThan(0);
  const grouped = apart(await forecasts(int8, together), await forecasts(checkpoint, together));
  expect(grouped.mean).toBeLessThan(0.02);
  expect(grouped.worst).toBeLessThan(0.15);
});

/** The processor, which is to make products of 16 bits: it converts, with the numbers that a card gets. */
const inHalf = (log: string[] = []): TensorDevice =>
  new TensorDevice('cpu', [], { log: (_, message) => void log.push(message) }, ['cpu']);

test('products of 16 bits forecast nearly the same: alone, in groups, with hidden tokens, from weights of either kind', async () => {
  const hidden: ChronosItem[] = together.map((item) => ({
    ...item,
    targets: [series(512, 4).fill(Number.NaN, 100, 300)],
    past: [series(512, 5).fill(Number.NaN, 120, 200)],
  }));
  for (const given of [items, together, hidden]) {
    const wanted = await forecasts(checkpoint, given);
    for (const made of [checkpoint, asFloat16(checkpoint)]) {
      const found = apart(await forecasts(made, given, inHalf()), wanted);
      expect(found.worst).toBeGreaterThan(0);
      expect(found.worst).toBeLessThan(0.01);
    }
  }
});

test('numbers that 16 bits do not hold are computed with in 32, which is said', async () => {
  const name = 'encoder.block.1.layer.2.mlp.wi.weight';
  const large = new Map([...loadWeights(checkpoint)].map(([key, values]) => [key, values.slice()]));
  large.get(name)!.forEach((value, i, all) => (all[i] = 1e5 * value));
  const made: Checkpoint = {
    ...checkpoint,
    tensors: new Map(
      [...large].map(([key, values]) => [
        key,
        { type: 'float32', dims: checkpoint.tensors.get(key)!.dims, data: new Uint8Array(values.buffer) },
      ]),
    ),
  };
  const log: string[] = [];
  expect(await forecasts(made, items, inHalf(log))).toEqual(await forecasts(made));
  expect(log).toEqual([
    '16-bit arithmetic on the processor failed (a forecast is no number: 16 bits end at 65504): the work goes on in 32 bits',
  ]);
});
