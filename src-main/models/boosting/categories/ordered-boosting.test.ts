import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOrderedScores, createPlainScores, segments } from './ordered-boosting.ts';
import type { LeafEstimator } from './ordered-boosting.ts';

/** Half the mean residual of each leaf. */
const estimate: LeafEstimator = (leafOf, leaves, { target, predicted }) => {
  const sum = new Float64Array(leaves);
  const count = new Float64Array(leaves);
  leafOf.forEach((leaf, i) => {
    sum[leaf] += target[i] - predicted[0][i];
    count[leaf]++;
  });
  return sum.map((total, leaf) => (0.5 * total) / Math.max(1, count[leaf]));
};
const floats = (n: number): Float64Array => new Float64Array(n);

test('segments follow each other to the last row', () => {
  for (const rows of [1, 2, 30, 700, 12_345]) {
    const parts = segments(rows, 2);
    expect(parts.at(-1)?.tail).toBe(rows);
    parts.slice(1).forEach(({ body }, i) => expect(body).toBe(parts[i].tail));
  }
  expect(segments(10_000, 2)[0]).toEqual({ body: 100, tail: 200 });
});

test('a row is scored by rows before it alone', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ y: fc.integer({ min: -9, max: 9 }), leaf: fc.nat(2), key: fc.nat(1e6) }), {
        minLength: 3,
        maxLength: 60,
      }),
      fc.nat(),
      (list, pick) => {
        const order = Uint32Array.from(
          list.map((r, i) => ({ ...r, i })).sort((a, b) => a.key - b.key || a.i - b.i),
          (r) => r.i,
        );
        const leafOf = Int32Array.from(list, (r) => r.leaf);
        const from = 1 + (pick % (list.length - 1));
        const run = (change: number): Float64Array => {
          const target = Float64Array.from(list, (r) => r.y);
          for (const row of order.subarray(from)) target[row] += change;
          const scores = createOrderedScores(
            { target, weight: null, start: Float64Array.of(1), floats },
            order,
            2,
          );
          for (let t = 0; t < 4; t++) scores.add(leafOf, 3, 0, estimate);
          return scores.current[0];
        };
        const [plain, changed] = [run(0), run(5)];
        // the first segment's body is scored by itself: it has one row here
        for (const row of order.subarray(0, from + 1)) expect(changed[row]).toBe(plain[row]);
      },
    ),
  );
});

test('plain scores take the leaves of all rows', () => {
  const target = Float64Array.of(1, 3, 10);
  const scores = createPlainScores({ target, weight: null, start: Float64Array.of(0), floats });
  const values = scores.add(Int32Array.of(0, 0, 1), 2, 0, estimate);
  expect([...values]).toEqual([1, 5]);
  expect([...scores.current[0]]).toEqual([1, 1, 5]);
});

test('leaves may hold every output', () => {
  const scores = createPlainScores({
    target: Float64Array.of(0, 0),
    weight: null,
    start: Float64Array.of(1, 2),
    floats,
  });
  scores.add(Int32Array.of(1, 0), 2, 0, () => Float64Array.of(10, 20, 30, 40));
  expect(scores.current.map((s) => [...s])).toEqual([
    [31, 11],
    [42, 22],
  ]);
});
