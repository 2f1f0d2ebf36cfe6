import { expect, test } from 'vitest';
import { TensorDevice } from '../../tensor/device.ts';
import type { LossScaleState } from '../../tensor/loss-scale.ts';
import { createRandom } from '../random.ts';
import { Tensor, openSession } from '../../tensor/session.ts';
import { encodeBatch } from './encode.ts';
import { parametersOf } from './parameters.ts';
import { smallConfig } from './small-config-fixture.ts';
import { Trainer, feedsOf, targetFeeds } from './trainer.ts';
import { gradientGraph } from './training-graphs.ts';

const config = smallConfig(2);
const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1 };
const parameters = parametersOf(config);
const weightsOf = (of: typeof parameters) =>
  new Map(
    of.map(({ name, shape, start }, i) => {
      const random = createRandom(5, i);
      const one = (): number =>
        'constant' in start ? start.constant : start.deviation * 2 * (random.next() - 0.5);
      return [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, one)];
    }),
  );
const weights = weightsOf(parameters);
const wave = (length: number, row: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 50 + 9 * Math.sin((i + row) / 4) + ((i * 7 + row) % 5));
// one row has tokens without any value, which nobody may look at
const contexts = [wave(40, 0), wave(40, 1).fill(Number.NaN, 0, 16), wave(40, 2)];
const batchOf = (groups: number[]) =>
  encodeBatch(config, { contexts, groups, futures: [null, null, null], outputPatches: 2 });
const targets = [0, 1, 2].map((row) => wave(56, row).subarray(40));

test('rows that are alone need no comparison within groups: nothing else changes, and it has no gradient', async () => {
  const batch = batchOf([0, 1, 2]);
  const feeds = {
    ...feedsOf(config, batch, true),
    ...targetFeeds(config, batch, targets),
    ...Object.fromEntries(
      parameters.map(({ name, shape }) => [name, new Tensor('float32', weights.get(name)!, shape)]),
    ),
  };
  const run = async (grouped: boolean) => {
    const session = await openSession(gradientGraph(config, options, { grouped }));
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
    else
      values.forEach((value, i) =>
        expect(Math.abs(found[i]! - value), name).toBeLessThan(1e-4 * Math.max(largest, 1e-3)),
      );
  }
});

test('a batch of rows that are alone is trained with a graph that compares none', async () => {
  const asked: boolean[] = [];
  const open: typeof openSession = (source, session) => {
    const graph = typeof source === 'function' ? source({}) : source;
    asked.push(graph.toOnnx().graph.inputs.some(({ name }) => name === 'groups'));
    return openSession(graph, session);
  };
  const begin = { step: 0, weights, means: new Map(), squares: new Map() };
  const trainer = new Trainer(config, begin, { ...options, open });
  for (const groups of [
    [0, 1, 2],
    [0, 0, 1],
    [2, 5, 9],
  ])
    await trainer.step([{ batch: batchOf(groups), targets }], 1e-3);
  await trainer.close();
  expect(asked).toEqual([false, true]);
});

test('what is known ahead is not scored, nor what is missing; all else is', () => {
  const known = Float32Array.of(1, 1, Number.NaN, 1, Number.NaN);
  const batch = encodeBatch(config, {
    contexts,
    groups: [0, 0, 0],
    futures: [null, known, null],
    outputPatches: 1,
  });
  const wanted = Float32Array.of(50, 51, 52, 53, Number.NaN, 55);
  const { target, mask } = targetFeeds(config, batch, [wanted, wanted, null], [1, 2, 1]);
  const [scored, values] = [mask, target].map(({ data }) => data as Float32Array);
  expect([...scored!]).toEqual([
    ...[1, 1, 1, 1, 0, 1, 0, 0],
    // beyond what is known nothing is
    ...[0, 0, 2, 0, 0, 2, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
  ]);
  scored!.forEach((weight, i) => {
    const row = i >> 3;
    const z = Math.asinh((wanted[i & 7]! - batch.loc[row]!) / batch.scale[row]!);
    expect(values![i]).toBeCloseTo(weight === 0 ? 0 : z, 5);
  });
});

test('gradients do not depend on the number of threads, few rows or many', async () => {
  // wide enough that ONNX Runtime divides products of few rows by columns, and sums up 512 numbers in pieces
  const wide = smallConfig(1, { d_model: 96, d_kv: 48, d_ff: 512 });
  const begin = weightsOf(parametersOf(wide));
  const rows = Array.from({ length: 40 }, (_, row) => wave(56, row));
  const gradients = async (count: number, threads: number): Promise<string> => {
    const session = { intraOpNumThreads: threads };
    const trainer = new Trainer(
      wide,
      { step: 0, weights: begin, means: new Map(), squares: new Map() },
      { ...options, session },
    );
    const few = rows.slice(0, count);
    const contexts = few.map((row) => row.subarray(0, 40));
    const groups = few.map((_, i) => i >> 1);
    const batch = encodeBatch(wide, { contexts, groups, futures: few.map(() => null), outputPatches: 2 });
    await trainer.step([{ batch, targets: few.map((row) => row.subarray(40)) }], 0);
    const made = [...trainer.state().means.values()].map((mean) =>
      Buffer.from(mean.slice().buffer).toString('base64'),
    );
    await trainer.close();
    return made.join();
  };
  for (const count of [3, 12, 40]) {
    const alone = await gradients(count, 1);
    for (const threads of [2, 3, 8])
      expect((await gradients(count, threads)) === alone, `${count} rows, ${threads} threads`).toBe(true);
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

/** A step in 16 bits on the processor, which converts, and its loss afterwards; or in 32 bits. */
async function stepped(lossScale: LossScaleState | null, from = weights) {
  const log: string[] = [];
  const hooks = { log: (_: string, message: string) => void log.push(message) };
  const device = new TensorDevice('cpu', [], hooks, lossScale === null ? [] : ['cpu']);
  const state = {
    step: 0,
    weights: from,
    means: new Map(),
    squares: new Map(),
    ...(lossScale ? { lossScale } : {}),
  };
  const trainer = new Trainer(config, state, { ...options, session: { device } });
  const parts = [{ batch: batchOf([0, 0, 1]), targets }];
  const { loss, norm } = await trainer.step(parts, 1e-3);
  const after = await trainer.loss(parts[0]!);
  await trainer.close();
  return { loss, norm, after, state: trainer.state(), log };
}

test('a step with products of 16 bits is that of 32, nearly; the scale of the loss is gone again', async () => {
  const wanted = await stepped(null);
  expect(wanted.state.lossScale).toBeUndefined();
  const found = await stepped({ value: 2 ** 16, steps: 0 });
  expect(found.log).toEqual([]);
  expect(found.state.lossScale).toEqual({ value: 2 ** 16, steps: 1 });
  for (const key of ['loss', 'norm', 'after'] as const) {
    expect(found[key] / wanted[key], key).toBeCloseTo(1, 2);
    if (key !== 'after') expect(found[key], key).not.toBe(wanted[key]);
  }
  const [means, others] = [wanted.state.means, found.state.means];
  const size = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
  for (const [name, values] of means) {
    const apart = size(values.map((value, i) => value - others.get(name)![i]!));
    expect(apart, name).toBeLessThan(0.01 * Math.max(size(values), 1e-3));
  }
});

test('a scale under which gradients are no numbers is halved until they are, and the step is made once', async () => {
  const [large, wanted] = [
    await stepped({ value: 2 ** 40, steps: 7 }),
    await stepped({ value: 2 ** 16, steps: 0 }),
  ];
  expect(large.state.step).toBe(1);
  expect(large.state.lossScale!.value).toBeLessThan(2 ** 40);
  expect(large.state.lossScale!.steps).toBe(1);
  expect(large.norm / wanted.norm).toBeCloseTo(1, 2);
  expect(large.log).toEqual([]);
});

test('a loss that 16 bits do not hold is that of 32', async () => {
  const name = 'encoder.block.0.layer.2.layer_norm.weight';
  const large = new Map([...weights, [name, weights.get(name)!.map((value) => 1e6 * value)]]);
  const [found, wanted] = [await stepped({ value: 2 ** 16, steps: 0 }, large), await stepped(null, large)];
  expect(found.log).toEqual([expect.stringMatching(/^16-bit arithmetic .* the work goes on in 32 bits$/)]);
  expect(found.loss).toBe(wanted.loss);
  expect(found.norm / wanted.norm).toBeCloseTo(1, 5);
});
