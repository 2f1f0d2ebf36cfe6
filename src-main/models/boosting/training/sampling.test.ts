import { describe, expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import type { Sampling } from './config.ts';
import { drawRows } from './sampling.ts';
import type { Draw } from './sampling.ts';

const rows = 20_000;
const random = createRandom(9);
const gradient = Float32Array.from({ length: rows }, () => (random.next() - 0.5) ** 3);

const draw = (sampling: Sampling, round = 50, seed = 1, tree = 0): Draw =>
  drawRows({ sampling, rows, gradient, hessian: null, seed, round, tree, scratch: new Float32Array(rows) });

const all: readonly Sampling[] = [
  { kind: 'share', share: 0.3, every: 1 },
  { kind: 'goss', top: 0.2, other: 0.1, from: 10 },
  { kind: 'bayesian', temperature: 1 },
  { kind: 'mvs', share: 0.4 },
  { kind: 'bootstrap', share: 1 },
];

describe.each(all.map((sampling) => [sampling.kind, sampling] as const))('%s', (_kind, sampling) => {
  test('the same seed, round and tree draw the same rows; another of them others', () => {
    expect(draw(sampling)).toEqual(draw(sampling));
    expect(draw(sampling, 51)).not.toEqual(draw(sampling));
    expect(draw(sampling, 50, 2)).not.toEqual(draw(sampling));
    expect(draw(sampling, 50, 1, 1)).not.toEqual(draw(sampling));
  });

  test('rows ascend', () => {
    const drawn = draw(sampling).rows;
    if (drawn === null) return;
    for (let i = 1; i < drawn.length; i++) expect(drawn[i]).toBeGreaterThan(drawn[i - 1]);
  });
});

test('shares come out as asked', () => {
  expect(draw(all[0]).rows?.length).toBeCloseTo(6000, -3);
  expect(draw(all[1]).rows).toHaveLength(6000);
  expect((draw(all[3]).rows?.length ?? 0) / rows).toBeCloseTo(0.4, 1);
  // 1 - 1/e of the rows are drawn at least once
  expect((draw(all[4]).rows?.length ?? 0) / rows).toBeCloseTo(0.632, 1);
});

test('bagging_freq keeps a draw for several rounds', () => {
  const sampling: Sampling = { kind: 'share', share: 0.5, every: 5 };
  expect(draw(sampling, 54)).toEqual(draw(sampling, 50));
  expect(draw(sampling, 55)).not.toEqual(draw(sampling, 50));
});

test('goss and mvs leave sums of gradients as they are, but for chance; goss keeps every large one', () => {
  const total = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
  for (const sampling of [all[1], all[3]]) {
    const { rows: drawn, factor } = draw(sampling);
    let sum = 0;
    for (const i of drawn ?? []) sum += Math.abs(gradient[i]) * (factor?.[i] ?? 1);
    expect(sum / total).toBeGreaterThan(0.95);
    expect(sum / total).toBeLessThan(1.05);
  }
  const large = [...gradient.keys()]
    .sort((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a]))
    .slice(0, 4000);
  const { rows: drawn, factor } = draw(all[1]);
  const taken = new Set(drawn);
  expect(large.every((i) => taken.has(i) && factor?.[i] === 1)).toBe(true);
});

test('goss waits until steps are small', () => {
  expect(draw(all[1], 9)).toEqual({ rows: null, factor: null });
});

test('the Bayesian bootstrap has mean weight 1 and knows temperature 0', () => {
  const { factor } = draw(all[2]);
  expect((factor ?? new Float32Array()).reduce((sum, w) => sum + w, 0) / rows).toBeCloseTo(1, 1);
  expect(draw({ kind: 'bayesian', temperature: 0 }).factor).toBeNull();
});
