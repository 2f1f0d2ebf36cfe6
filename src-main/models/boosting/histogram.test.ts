import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { binColumns } from './binning.ts';
import { buildHistogram, buildHistogramPlain, subtractHistogram } from './histogram.ts';

function problem(seed: number, rows: number, columns: number) {
  const random = createRandom(seed);
  const data = Array.from({ length: columns }, (_, f) =>
    Float64Array.from({ length: rows }, () => (random.next() < 0.1 ? Number.NaN : random.integer(5 + 7 * f))),
  );
  return {
    bins: binColumns(data, rows, null, 256),
    rows: Uint32Array.from({ length: rows }, (_, i) => i),
    gradient: Float32Array.from({ length: rows }, () => random.integer(200) - 100),
    hessian: Float32Array.from({ length: rows }, () => 1 + random.integer(4)),
    ordered: new Float32Array(2 * rows),
    all: Int32Array.from({ length: columns }, (_, f) => f),
  };
}

test('the fast histogram equals the plain one, for any number of columns', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 11 }), fc.boolean(), (seed, columns, counted) => {
      const p = problem(seed, 200, columns);
      const hessian = counted ? null : p.hessian;
      const out = new Float64Array(2 * p.bins.offset[columns]).fill(99);
      buildHistogram(p.bins, p.all, p.rows, 40, 170, p.gradient, hessian, p.ordered, out);
      expect(out).toEqual(buildHistogramPlain(p.bins, p.rows, 40, 170, p.gradient, hessian));
    }),
  );
});

test('columns that are not asked for stay as they are', () => {
  const p = problem(1, 100, 6);
  const out = new Float64Array(2 * p.bins.offset[6]).fill(99);
  buildHistogram(p.bins, Int32Array.of(1, 4), p.rows, 0, 100, p.gradient, null, p.ordered, out);
  const plain = buildHistogramPlain(p.bins, p.rows, 0, 100, p.gradient, null);
  for (let f = 0; f < 6; f++) {
    const [from, to] = [2 * p.bins.offset[f], 2 * p.bins.offset[f + 1]];
    if (f === 1 || f === 4) expect(out.slice(from, to)).toEqual(plain.slice(from, to));
    else expect(out.slice(from, to).every((value) => value === 99)).toBe(true);
  }
});

test('each column holds the whole node, and a child is its parent less its sibling', () => {
  const p = problem(2, 300, 5);
  const build = (from: number, to: number): Float64Array =>
    buildHistogramPlain(p.bins, p.rows, from, to, p.gradient, p.hessian);
  const [whole, left, right] = [build(0, 300), build(0, 120), build(120, 300)];
  const total = p.gradient.reduce((sum, value) => sum + value, 0);
  for (let f = 0; f < 5; f++) {
    let sum = 0;
    for (let b = p.bins.offset[f]; b < p.bins.offset[f + 1]; b++) sum += whole[2 * b];
    expect(sum).toBe(total);
  }
  subtractHistogram(p.bins, p.all, whole, left, whole);
  expect(whole).toEqual(right);
});
