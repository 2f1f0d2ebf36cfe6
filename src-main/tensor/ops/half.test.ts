import { expect, test } from 'vitest';
import { TensorDevice } from '../device.ts';
import { differentiate } from '../differentiate.ts';
import { Graph } from '../graph.ts';
import type { Value } from '../graph.ts';
import { recomputed } from '../recompute.ts';
import { Tensor, openSession } from '../session.ts';
import { relu } from './elementwise.ts';
import { attention, dense, perceptron } from './fused.ts';
import { linear, matmul } from './linear.ts';
import { sum } from './reduce.ts';
import { cast } from './scalar.ts';

const wave = (length: number, pace: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(pace * i + 1));

/** A small network with two layers and scores, its loss and the gradients of all it is made from. */
function network(half: boolean, again = false): Graph {
  const graph = new Graph('network', { halfProducts: half });
  const x = graph.input('x', 'float32', ['rows', 5, 16]);
  const weights = ['one', 'two'].map((name) => graph.input(name, 'float32', [16, 16]));
  const bias = graph.input('bias', 'float32', [16]);
  const layer = (from: Value): Value => linear(relu(linear(from, weights[0], bias)), weights[1], null);
  const y = again ? recomputed([x], ([from]) => layer(from)) : layer(x);
  const scores = matmul(y, graph.input('turn', 'float32', ['rows', 16, 5]));
  const loss = sum(matmul(scores, x));
  const inputs = { x, one: weights[0], two: weights[1], bias };
  graph.output('loss', loss);
  const gradients = differentiate(loss, Object.values(inputs));
  Object.keys(inputs).forEach((name, i) => graph.output(`gradient ${name}`, gradients[i]));
  return graph;
}

async function run(graph: Graph): Promise<Record<string, Float32Array>> {
  const session = await openSession(graph, { intraOpNumThreads: 1 });
  const made = await session.run({
    x: new Tensor('float32', wave(240, 0.7), [3, 5, 16]),
    one: new Tensor('float32', wave(256, 1.3), [16, 16]),
    two: new Tensor('float32', wave(256, 2.9), [16, 16]),
    bias: new Tensor('float32', wave(16, 0.3), [16]),
    turn: new Tensor('float32', wave(240, 0.9), [3, 16, 5]),
  });
  await session.release();
  return Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, data as Float32Array]));
}

/** largest difference, relative to the largest number */
function apart(found: Float32Array, wanted: Float32Array): number {
  const differences = wanted.map((value, i) => Math.abs(value - found[i]));
  return Math.max(...differences) / Math.max(...wanted.map(Math.abs));
}

test('products and their gradients have 16 bits, near those of 32', async () => {
  const [wanted, half, again] = [
    await run(network(false)),
    await run(network(true)),
    await run(network(true, true)),
  ];
  for (const [name, values] of Object.entries(wanted)) {
    expect(apart(half[name], values), name).toBeGreaterThan(0);
    expect(apart(half[name], values), name).toBeLessThan(0.01);
    expect(apart(again[name], values), name).toBeLessThan(0.01);
  }
  const types = network(true)
    .toOnnx()
    .graph.nodes.map(({ type }) => type);
  expect(types.filter((type) => type === 'Cast').length).toBeGreaterThan(8);
});

test('what is stored in 16 bits goes into products as it is; exact products keep 32', () => {
  const graph = new Graph('stored', { halfProducts: true });
  const data = new Uint8Array(Float16Array.from(wave(64, 1)).buffer);
  const weight = cast(graph.stored('weight', { type: 'float16', dims: [8, 8], data }), 'float32');
  const x = graph.input('x', 'float32', ['rows', 8]);
  graph.output('y', dense(x, weight, null));
  const product = graph.toOnnx().graph.nodes.find(({ type }) => type === 'Gemm')!;
  expect(product.inputs[1]).toBe('weight');
  expect(graph.exactly(() => matmul(x, weight)).node?.type).toBe('Gemm');
  expect(matmul(x, weight).node?.type).toBe('Cast');
});

test('operators that do several things at once do them in 16 bits', async () => {
  const make = (half: boolean): Graph => {
    const graph = new Graph('fused', { halfProducts: half });
    const x = graph.input('x', 'float32', [2, 4, 8]);
    const [one, two] = ['one', 'two'].map((name) => graph.input(name, 'float32', [8, 8]));
    const bias = graph.input('bias', 'float32', [8]);
    const inner = perceptron(x, { weight: one, bias }, two, x);
    // the last token is hidden; the second row sees nothing at all
    const hiding = graph.input('hiding', 'float32', [2, 1, 4, 4]);
    const of = { heads: 2, scale: 1, visible: null };
    graph.output(
      'y',
      attention({ query: inner, key: dense(inner, one, bias), value: x, bias: hiding, ...of }),
    );
    return graph;
  };
  const hiding = Float32Array.from({ length: 32 }, (_, i) => (i >= 16 || i % 4 === 3 ? -1e30 : 0));
  const feeds = {
    x: new Tensor('float32', wave(64, 0.7), [2, 4, 8]),
    one: new Tensor('float32', wave(64, 1.3), [8, 8]),
    two: new Tensor('float32', wave(64, 2.9), [8, 8]),
    bias: new Tensor('float32', wave(8, 0.3), [8]),
    hiding: new Tensor('float32', hiding, [2, 1, 4, 4]),
  };
  const results: Float32Array[] = [];
  for (const half of [false, true]) {
    const session = await openSession(make(half), { intraOpNumThreads: 1 });
    results.push((await session.run(feeds))['y'].data as Float32Array);
    await session.release();
  }
  expect(results[1].every(Number.isFinite)).toBe(true);
  const seen = results.map((values) => values.subarray(0, 32));
  expect(apart(seen[1], seen[0])).toBeGreaterThan(0);
  expect(apart(seen[1], seen[0])).toBeLessThan(0.02);
});

test('what hides a token is a finite number of 16 bits: minus infinity would make NaN of what sees nothing', () => {
  const graph = new Graph('masked', { halfProducts: true });
  const x = graph.input('x', 'float32', [2, 4, 8]);
  const bias = graph.input('hiding', 'float32', [2, 1, 4, 4]);
  graph.output('y', attention({ query: x, key: x, value: x, bias, heads: 2, scale: 1, visible: null }));
  const { nodes, initializers } = graph.toOnnx().graph;
  const made = (name: string | undefined) => nodes.find(({ outputs }) => outputs.includes(name ?? ''));
  const [, , , , , added] = nodes.find(({ type }) => type === 'MultiHeadAttention')!.inputs;
  const narrowed = made(added)!;
  expect(narrowed.type).toBe('Cast');
  const limited = made(narrowed.inputs[0])!;
  expect(limited).toMatchObject({ type: 'Max', inputs: ['hiding', expect.any(String)] });
  const { data } = initializers.get(limited.inputs[1]!)!;
  const [limit] = new Float32Array((data as Uint8Array).slice().buffer);
  // with the largest score beside it still above the least number of 16 bits
  expect(limit).toBeGreaterThan(-65504 / 2);
  expect(limit).toBeLessThan(-1e4);
});

test('a device that fails in 16 bits does the work in 32, and is left only if it fails then', async () => {
  const log: string[] = [];
  const device = new TensorDevice('card', [], { log: (_, message) => void log.push(message) }, ['cpu']);
  const asked: boolean[] = [];
  const session = await openSession(
    ({ halfProducts: half = false }) => {
      asked.push(half);
      const graph = new Graph('either');
      const x = graph.input('x', 'float32', [2]);
      const wrong = { type: 'NoSuchOperator', inputs: [x], outputs: [{ type: x.type, shape: x.shape }] };
      graph.output('y', half ? graph.node(wrong)[0] : relu(x));
      return graph;
    },
    { device },
  );
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(-1, 2), [2]) });
  expect([...(y.data as Float32Array)]).toEqual([0, 2]);
  expect(asked).toEqual([true, false]);
  expect(device.half).toBe(false);
  expect(log).toEqual([
    expect.stringMatching(
      /^16-bit arithmetic on the processor failed \(.*NoSuchOperator.*\): the work goes on in 32 bits$/,
    ),
  ]);
  await session.release();
});
