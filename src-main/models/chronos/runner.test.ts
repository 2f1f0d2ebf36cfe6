import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { parseChronos2Config } from './config.ts';
import { parametersOf } from './parameters.ts';
import { predictItems } from './predict.ts';
import type { ChronosItem } from './predict.ts';
import { Chronos2Runner } from './runner.ts';
import type { Checkpoint } from './runner.ts';

/** Large enough that ONNX Runtime shares products among threads, and for a hidden layer in slices. */
const config = parseChronos2Config({
  architectures: ['Chronos2Model'],
  chronos_pipeline_class: 'Chronos2Pipeline',
  model_type: 't5',
  d_model: 256,
  d_kv: 64,
  d_ff: 2048,
  num_layers: 2,
  num_heads: 4,
  feed_forward_proj: 'relu',
  chronos_config: {
    context_length: 2048,
    input_patch_size: 16,
    input_patch_stride: 16,
    output_patch_size: 16,
    max_output_patches: 4,
    quantiles: [0.1, 0.5, 0.9],
    use_arcsinh: true,
    use_reg_token: true,
    time_encoding_scale: 2048,
  },
});
const random = createRandom(3);
const checkpoint: Checkpoint = {
  config,
  folder: null,
  tensors: new Map(
    parametersOf(config).map(({ name, shape }) => {
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
        name.endsWith('norm.weight') ? 1 : (2 * random.next() - 1) / Math.sqrt(shape[1] ?? 1),
      );
      return [name, { type: 'float32', dims: shape, data: new Uint8Array(values.buffer) }];
    }),
  ),
};
const series = (length: number, row: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 100 + 30 * Math.sin((2 * Math.PI * i) / 96 + row) + ((i * 31 + row * 7) % 11));
const item = (target: Float32Array): ChronosItem => ({ targets: [target], past: [], known: [] });
const items = Array.from({ length: 5 }, (_, row) => item(series(1500, row)));

async function forecasts(threads: number, given: readonly ChronosItem[], rows?: number): Promise<number[][]> {
  const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: threads });
  try {
    const made = await predictItems(runner, given, { horizon: 40, ...(rows === undefined ? {} : { rows }) });
    return made.map(([target]) => [...target]);
  } finally {
    await runner.close();
  }
}

test('forecasts depend neither on threads nor on which rows stand in a batch, to the last bit', async () => {
  const wanted = await forecasts(1, items);
  expect(await forecasts(2, items)).toEqual(wanted);
  expect(await forecasts(3, items, 2)).toEqual(wanted);
  expect(await forecasts(1, [items[3]!])).toEqual([wanted[3]]);
});

test('a session that allows for hidden tokens gives what one without gives', async () => {
  const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: 1 });
  const once = async (given: readonly ChronosItem[]): Promise<Float32Array[]> =>
    (await predictItems(runner, given, { horizon: 16 })).map(([target]) => target);
  const [plain] = await once([items[0]!]);
  const gap = series(1500, 1).fill(Number.NaN, 400, 500);
  await once([item(gap)]);
  const [masked] = await once([items[0]!]);
  await runner.close();
  plain!.forEach((value, i) => expect(masked![i]! / value).toBeCloseTo(1, 5));
});
