import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileKernel } from '../../scripts/build-kernels.mjs';
import { adamw, clipped, gradientNorm } from './adamw.ts';
import { Graph } from './graph.ts';
import { Optimiser, accumulate, clipFactor } from './optimiser.ts';
import { Tensor, openSession } from './session.ts';

const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
const values = (phase: number): Float32Array =>
  Float32Array.from({ length: 6 }, (_, i) => Math.sin(phase + i));

test.each([0.5, 100])('a step in place is that of the graph, clipped at %d', async (limit) => {
  const graph = new Graph('adamw');
  const input = (name: string, shape: readonly number[] = [6]) => graph.input(name, 'float32', shape);
  const gradient = input('gradient');
  const norm = gradientNorm([gradient]);
  const state = { weight: input('weight'), mean: input('mean'), square: input('square') };
  const [rate, one, two] = [input('rate', []), input('correction1', []), input('correction2', [])];
  const after = adamw(state, clipped([gradient], norm, limit)[0]!, rate, one, two, options);
  graph.output('norm', norm);
  for (const [name, value] of Object.entries(after)) graph.output(`after:${name}`, value);
  const session = await openSession(graph);
  const arrays = {
    weight: values(1),
    mean: values(2).map((v) => v / 10),
    square: values(3).map((v) => v * v),
  };
  const scalar = (value: number): Tensor => new Tensor('float32', [value], []);
  const made = await session.run({
    gradient: new Tensor('float32', values(4), [6]),
    weight: new Tensor('float32', arrays.weight.slice(), [6]),
    mean: new Tensor('float32', arrays.mean.slice(), [6]),
    square: new Tensor('float32', arrays.square.slice(), [6]),
    rate: scalar(0.01),
    correction1: scalar(1 - 0.9 ** 3),
    correction2: scalar(1 - 0.999 ** 3),
  });
  await session.release();
  // the tensor of the test stands between others, none of which is a multiple of four long
  const optimiser = new Optimiser([3, 6, 5].map((length) => ({ length, decays: true })));
  const own = optimiser.arrays[1]!;
  for (const [name, array] of Object.entries(arrays)) own[name as keyof typeof arrays].set(array);
  own.gradient.set(values(4));
  const length = optimiser.norm();
  expect(length).toBeCloseTo((made['norm']!.data as Float32Array)[0]!, 5);
  optimiser.step({ factor: clipFactor(length, limit), rate: 0.01, step: 3 }, options);
  for (const name of ['weight', 'mean', 'square'] as const)
    own[name].forEach((value, i) =>
      expect(value, name).toBeCloseTo((made[`after:${name}`]!.data as Float32Array)[i]!, 5),
    );
  for (const other of [optimiser.arrays[0]!, optimiser.arrays[2]!])
    for (const array of Object.values(other as unknown as Record<string, Float32Array>))
      expect([...array].every((value) => value === 0)).toBe(true);
});

test('the norm is that of all gradients together', () => {
  const optimiser = new Optimiser([1, 7].map((length) => ({ length, decays: true })));
  optimiser.arrays[0]!.gradient.fill(3);
  optimiser.arrays[1]!.gradient.set([4, 0, 0, 0, 0, 0, 12]);
  expect(optimiser.norm()).toBe(13);
});

test('steps do not depend on the number of threads, and what is not to decay does not', async () => {
  const tensors = [
    { length: 700_001, decays: true },
    { length: 65_537, decays: false },
  ];
  const made = [];
  for (const threads of [1, 2, 4]) {
    const optimiser = new Optimiser(tensors, threads);
    const norms: number[] = [];
    optimiser.arrays.forEach(({ weight }, t) => weight.forEach((_, i) => (weight[i] = Math.cos(t + i))));
    for (let step = 1; step <= 3; step++) {
      optimiser.arrays.forEach(({ weight, gradient }) =>
        weight.forEach((value, i) => (gradient[i] = Math.sin(step * value))),
      );
      norms.push(optimiser.norm());
      optimiser.step({ factor: clipFactor(norms.at(-1)!, 1), rate: 0.01, step }, options);
      await optimiser.close(); // threads start again
    }
    made.push({
      norms,
      weights: optimiser.arrays.map(({ weight }) => Buffer.from(weight.slice().buffer).toString('base64')),
    });
  }
  expect(made[1]).toEqual(made[0]);
  expect(made[2]).toEqual(made[0]);
  expect(made[0]!.norms[0]).toBeGreaterThan(100);

  const still = new Optimiser([
    { length: 4, decays: false },
    { length: 4, decays: true },
  ]);
  for (const { weight } of still.arrays) weight.fill(2);
  still.step({ factor: 1, rate: 0.5, step: 1 }, options);
  expect(still.arrays.map(({ weight }) => [...weight])).toEqual([
    [2, 2, 2, 2],
    [1.9, 1.9, 1.9, 1.9].map(Math.fround),
  ]);
});

test('the kernel that is kept is the one its source compiles to', async () => {
  const kept = readFileSync(new URL('kernel/kernel-bytes.ts', import.meta.url), 'utf8');
  expect(await compileKernel('optimiser')).toBe(kept);
}, 60_000);

test('gradients are added up by their share', () => {
  const sum = Float32Array.of(1, 2);
  accumulate(sum, Float32Array.of(4, -8), 0.25);
  expect([...sum]).toEqual([2, 0]);
});
