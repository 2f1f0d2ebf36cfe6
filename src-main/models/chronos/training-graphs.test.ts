import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { Tensor, openSession } from '../../tensor/session.ts';
import { parseChronos2Config } from './config.ts';
import { encodeBatch } from './encode.ts';
import { parametersOf } from './parameters.ts';
import { Trainer, feedsOf, targetFeeds } from './trainer.ts';
import { gradientGraph } from './training-graphs.ts';

const config = parseChronos2Config({
  model_type: 't5',
  d_model: 16,
  d_kv: 8,
  d_ff: 32,
  num_layers: 2,
  num_heads: 2,
  feed_forward_proj: 'relu',
  chronos_config: {
    context_length: 64,
    input_patch_size: 8,
    input_patch_stride: 8,
    output_patch_size: 8,
    max_output_patches: 2,
    quantiles: [0.1, 0.5, 0.9],
    use_arcsinh: true,
    use_reg_token: true,
    time_encoding_scale: 64,
  },
});
const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1 };
const parameters = parametersOf(config);
const weights = new Map(
  parameters.map(({ name, shape, start }, i) => {
    const random = createRandom(5, i);
    const one = (): number =>
      'constant' in start ? start.constant : start.deviation * 2 * (random.next() - 0.5);
    return [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, one)];
  }),
);
const wave = (length: number, row: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 50 + 9 * Math.sin((i + row) / 4) + ((i * 7 + row) % 5));
// one row has tokens without any value, which nobody may look at
const contexts = [wave(40, 0), wave(40, 1).fill(Number.NaN, 0, 16), wave(40, 2)];
const batchOf = (groups: number[]) => encodeBatch(config, { contexts, groups, futures: [null, null, null], outputPatches: 2 });
const targets = [0, 1, 2].map((row) => wave(56, row).subarray(40));

test('rows that are alone need no comparison within groups: nothing else changes, and it has no gradient', async () => {
  const batch = batchOf([0, 1, 2]);
  const feeds = {
    ...feedsOf(config, batch, true),
    ...targetFeeds(config, batch, targets),
    ...Object.fromEntries(parameters.map(({ name, shape }) => [name, new Tensor('float32', weights.get(name)!, shape)])),
  };
  const run = async (grouped: boolean) => {
    const session = await openSession(gradientGraph(config, options, grouped));
    const made = await session.run(feeds);
    await session.release();
    return new Map(Object.entries(made).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  };
  const [alone, grouped] = [await run(false), await run(true)];
  for (const [name, values] of grouped) {
    const found = alone.get(name);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(found === undefined, name).toBe(/layer\.1\.self_attention\.[qk]\./.test(name));
    if (found === undefined) expect(largest, name).toBe(0);
    else values.forEach((value, i) => expect(Math.abs(found[i]! - value), name).toBeLessThan(1e-4 * Math.max(largest, 1e-3)));
  }
});

test('a batch of rows that are alone leaves no gradient behind of the batch of groups before it', async () => {
  const name = 'encoder.block.0.layer.1.self_attention.k.weight';
  const trainer = new Trainer(config, { step: 0, weights, means: new Map(), squares: new Map() }, options);
  const meanAfter = async (...groups: number[][]): Promise<Float32Array> => {
    await trainer.step(
      groups.map((one) => ({ batch: batchOf(one), targets })),
      0,
    );
    return trainer.state().means.get(name)!.slice();
  };
  const first = await meanAfter([0, 0, 1]);
  expect(first.some((value) => value !== 0)).toBe(true);
  const second = await meanAfter([0, 1, 2]);
  second.forEach((value, i) => expect(value).toBe(Math.fround(Math.fround(0.9) * first[i]!)));
  // parts of both kinds go together
  const third = await meanAfter([0, 1, 2], [0, 0, 1]);
  expect(third.some((value, i) => Math.abs(value) > Math.abs(second[i]!))).toBe(true);
  await trainer.close();
});
