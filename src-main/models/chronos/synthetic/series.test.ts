import { expect, test } from 'vitest';
import { parseChronos2Config } from '../config.ts';
import { syntheticBatch } from './batches.ts';
import { syntheticLoad } from './load.ts';
import { syntheticTask } from './series.ts';
import { readFileSync } from 'node:fs';

test('tasks follow from their seed alone', () => {
  for (let i = 0; i < 20; i++) expect(syntheticTask([5, i], 300)).toEqual(syntheticTask([5, i], 300));
  expect(syntheticTask([5, 1], 300)).not.toEqual(syntheticTask([6, 1], 300));
});

test('rows are numbers or missing, mostly there', () => {
  for (let i = 0; i < 200; i++) {
    const { rows, known } = syntheticTask([1, i], 800);
    expect(known).toHaveLength(rows.length);
    expect(known[0]).toBe(false);
    for (const row of rows) {
      expect(row).toHaveLength(800);
      expect(row.every((value) => Number.isFinite(value) || Number.isNaN(value))).toBe(true);
      expect(row.filter(Number.isNaN).length).toBeLessThan(600);
    }
  }
});

test('loads repeat by the day or the week', () => {
  const correlation = (values: Float64Array, lag: number): number => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    let both = 0;
    let own = 0;
    for (let i = lag; i < values.length; i++) {
      both += (values[i] - mean) * (values[i - lag] - mean);
      own += (values[i] - mean) ** 2;
    }
    return own === 0 ? 0 : both / own;
  };
  const found = Array.from({ length: 40 }, (_, i) => {
    const { load } = syntheticLoad([3, i], 24 * 28, 24);
    return Math.max(correlation(load, 24), correlation(load, 168));
  });
  expect(found.toSorted((a, b) => a - b)[10]).toBeGreaterThan(0.3);
});

test('a batch holds whole groups, scores targets only, and is the same each time', () => {
  const config = parseChronos2Config(
    JSON.parse(readFileSync(new URL('../../../../models/pretraining/config.json', import.meta.url), 'utf8')),
  );
  const plan = { tokens: 600, longestContext: 512, longestHorizon: 96 };
  for (let step = 0; step < 5; step++) {
    const { batch, targets } = syntheticBatch(config, plan, 1, step);
    expect(targets).toHaveLength(batch.rows);
    const firsts = [...batch.groups].map((group, row) => row === 0 || group !== batch.groups[row - 1]);
    expect(targets.map((row) => row !== null)).toEqual(firsts);
    expect(batch.context.every(Number.isFinite)).toBe(true);
    expect(syntheticBatch(config, plan, 1, step).batch.context).toEqual(batch.context);
  }
});
