/** @file Every operator's gradient against central differences, in 64 bits. */
import { describe, expect, test } from 'vitest';
import { differentiate } from './differentiate.ts';
import { Graph } from './graph.ts';
import type { Value } from './graph.ts';
import * as arrange from './ops/arrange.ts';
import * as element from './ops/elementwise.ts';
import { linear, matmul } from './ops/linear.ts';
import { mean, rmsNorm, softmax, sum } from './ops/reduce.ts';
import { recomputed } from './recompute.ts';
import { Tensor, openSession } from './session.ts';
import type { Dim } from './shape.ts';

interface Case {
  readonly name: string;
  /** sizes with which the graph runs; where `shapes` names a size, the graph does not know it */
  readonly inputs: readonly (readonly number[])[];
  readonly shapes?: readonly (readonly Dim[])[];
  readonly build: (...inputs: Value[]) => Value;
  /** all inputs above zero */
  readonly positive?: boolean;
}

const cases: readonly Case[] = [
  { name: 'add, broadcast', inputs: [[2, 3], [3]], build: (a, b) => element.add(a, b) },
  {
    name: 'sub, broadcast',
    inputs: [
      [2, 1],
      [2, 3],
    ],
    build: (a, b) => element.sub(a, b),
  },
  {
    name: 'mul, broadcast over a named size',
    inputs: [
      [4, 3],
      [1, 3],
    ],
    shapes: [
      ['n', 3],
      [1, 3],
    ],
    build: (a, b) => element.mul(a, b),
  },
  { name: 'div', inputs: [[2, 3], [3]], positive: true, build: (a, b) => element.div(a, b) },
  {
    name: 'div by a number, of a number',
    inputs: [[3]],
    positive: true,
    build: (a) => element.add(element.div(a, 3), element.div(2, a)),
  },
  {
    name: 'min, max',
    inputs: [
      [2, 3],
      [2, 3],
    ],
    build: (a, b) => element.add(element.min(a, b), element.mul(3, element.max(a, b))),
  },
  { name: 'neg, exp', inputs: [[4]], build: (a) => element.neg(element.exp(a)) },
  {
    name: 'log, sqrt',
    inputs: [[4]],
    positive: true,
    build: (a) => element.mul(element.log(a), element.sqrt(a)),
  },
  { name: 'abs', inputs: [[5]], build: (a) => element.abs(a) },
  { name: 'sin, cos', inputs: [[5]], build: (a) => element.mul(element.sin(a), element.cos(a)) },
  { name: 'tanh, sigmoid', inputs: [[5]], build: (a) => element.add(element.tanh(a), element.sigmoid(a)) },
  { name: 'relu', inputs: [[6]], build: (a) => element.relu(a) },
  {
    name: 'where',
    inputs: [
      [2, 3],
      [1, 3],
    ],
    build: (a, b) => element.where(element.greater(a, b), element.mul(a, a), b),
  },
  {
    name: 'reshape, transpose',
    inputs: [[2, 3, 4]],
    shapes: [['n', 3, 4]],
    build: (a) => element.mul(arrange.transpose(arrange.reshape(a, ['n', 4, 3]), [2, 0, 1]), 2),
  },
  {
    name: 'reshape with two named sizes',
    inputs: [[2, 3, 4]],
    shapes: [['n', 's', 4]],
    build: (a) => arrange.reshape(a, ['n', 's', 2, 2]),
  },
  {
    name: 'concat, split',
    inputs: [
      [2, 3],
      [2, 2],
    ],
    shapes: [
      [2, 'a'],
      [2, 'b'],
    ],
    build: (a, b) => {
      const [first, second] = arrange.split(
        arrange.concat([element.mul(a, b.graph.constant('float64', [], [3])), b], 1),
        1,
        ['a', 'b'],
      );
      return element.add(sum(element.mul(first, first)), sum(element.exp(second)));
    },
  },
  {
    name: 'split with a part unused',
    inputs: [[5, 2]],
    build: (a) => arrange.split(element.mul(a, a), 0, [2, 3])[1],
  },
  { name: 'slice', inputs: [[2, 5]], build: (a) => arrange.slice(element.mul(a, a), 1, 1, 3) },
  { name: 'expand', inputs: [[1, 3]], build: (a) => element.mul(arrange.expand(a, [4, 3]), 2) },
  {
    name: 'gather, a row twice',
    inputs: [[4, 3]],
    build: (a) => element.mul(arrange.gather(a, a.graph.constant('int64', [3], [2, 0, 2])), 2),
  },
  {
    name: 'sum, mean',
    inputs: [[2, 3, 4]],
    build: (a) => element.mul(sum(element.mul(a, a), [1]), mean(a, [1])),
  },
  {
    name: 'mean over named sizes',
    inputs: [[3, 4]],
    shapes: [['n', 'm']],
    build: (a) => mean(element.mul(a, a)),
  },
  {
    name: 'softmax',
    inputs: [
      [2, 4],
      [2, 4],
    ],
    build: (a, b) => element.mul(softmax(a), b),
  },
  {
    name: 'softmax, first axis',
    inputs: [
      [3, 2],
      [3, 2],
    ],
    build: (a, b) => element.mul(softmax(a, 0), b),
  },
  {
    name: 'rms norm',
    inputs: [[2, 3, 4], [4]],
    build: (a, w) => element.mul(rmsNorm(a, w, 1e-6), rmsNorm(a, w, 1e-6)),
  },
  {
    name: 'matmul, batches',
    inputs: [
      [2, 3, 4],
      [2, 4, 2],
    ],
    build: (a, b) => matmul(a, b),
  },
  {
    name: 'matmul, one matrix for all',
    inputs: [
      [2, 3, 4],
      [4, 2],
    ],
    shapes: [
      ['n', 's', 4],
      [4, 2],
    ],
    build: (a, b) => matmul(a, b),
  },
  {
    name: 'matmul, broadcast batch',
    inputs: [
      [2, 2, 3, 4],
      [2, 4, 2],
    ],
    build: (a, b) => element.mul(matmul(a, b), 2),
  },
  {
    name: 'linear, rows of 2048 bytes',
    inputs: [
      [3, 2],
      [256, 2],
    ],
    build: (x, w) => linear(x, w, null),
  },
  {
    name: 'matmul, rows of 2048 bytes',
    inputs: [
      [2, 256],
      [256, 1],
    ],
    build: (a, b) => matmul(a, b),
  },
  { name: 'linear', inputs: [[2, 3, 4], [5, 4], [5]], build: (x, w, b) => element.relu(linear(x, w, b)) },
  {
    name: 'recomputed, with a value from outside and one part within another',
    inputs: [
      [2, 3],
      [1, 3],
    ],
    shapes: [
      ['n', 3],
      [1, 3],
    ],
    build: (a, b) => {
      const outside = element.mul(b, b);
      return recomputed([element.mul(a, 2)], ([x]) =>
        recomputed([element.sin(x)], ([y]) =>
          element.mul(element.exp(y), element.add(outside, element.sin(b))),
        ),
      );
    },
  },
  { name: 'a value used twice', inputs: [[3]], build: (a) => element.mul(element.add(a, a), element.exp(a)) },
];

/** Numbers in (-1.6, 1.6) that stay clear of 0 and of each other, so that no kink is near. */
const numbers = (count: number, salt: number, positive: boolean): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => {
    const value = ((i * 37 + salt * 17) % 31) / 20 + 0.05 + salt * 0.007;
    return positive || (i + salt) % 3 !== 0 ? value : -value;
  });

describe.each(cases)('$name', ({ inputs, shapes, build, positive }) => {
  test('gradient equals the difference quotient', async () => {
    const graph = new Graph('case');
    const values = inputs.map((dims, i) => graph.input(`x${i}`, 'float64', shapes?.[i] ?? dims));
    const result = build(...values);
    // a weight of its own for every element, so that mixed-up elements show
    const weights = result.rank === 0 ? result : element.add(element.sin(element.mul(result, 1.7)), result);
    const loss = sum(weights);
    graph.output('loss', loss);
    differentiate(loss, values).forEach((gradient, i) => graph.output(`g${i}`, gradient));
    const session = await openSession(graph);
    const data = inputs.map((dims, i) =>
      numbers(
        dims.reduce((a, b) => a * b, 1),
        i + 1,
        positive ?? false,
      ),
    );
    const run = async (): Promise<Record<string, Float64Array>> => {
      const feeds = Object.fromEntries(
        data.map((one, i) => [`x${i}`, new Tensor('float64', one.slice(), inputs[i])]),
      );
      const out = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(out).map(([name, tensor]) => [name, tensor.data as Float64Array]),
      );
    };
    const gradients = await run();
    for (const [i, values] of data.entries())
      for (let e = 0; e < values.length; e++) {
        const at = values[e];
        const h = 1e-5;
        values[e] = at + h;
        const above = (await run())['loss'][0];
        values[e] = at - h;
        const below = (await run())['loss'][0];
        values[e] = at;
        expect(gradients[`g${i}`][e], `input ${i}, element ${e}`).toBeCloseTo((above - below) / (2 * h), 5);
      }
    await session.release();
  });
});
