import { describe, expect, test } from 'vitest';
import { countByStatus, matches, noFilter, overallProgress, sortRuns, visibleRuns } from './runs-list.ts';
import { sampleRun } from './runs-sample.ts';

const mae = (value: number | null) => ({ ...sampleRun().metrics!, mae: value });
const a = sampleRun({ id: 'a', metrics: mae(9), createdAt: 3 });
const b = sampleRun({ id: 'b', metrics: mae(7), createdAt: 2 });
const open = sampleRun({
  id: 'open',
  metrics: null,
  createdAt: 1,
  status: 'running',
  fraction: 0.5,
  etaMs: 4000,
});

describe('order', () => {
  test.each([false, true])('runs without the figure go last, descending %s', (descending) => {
    const ids = sortRuns([open, a, b], { column: 'mae', descending }).map((run) => run.id);
    expect(ids).toEqual(descending ? ['a', 'b', 'open'] : ['b', 'a', 'open']);
  });
  test('bias sorts by its distance from zero', () => {
    const low = sampleRun({ id: 'low', metrics: { ...mae(1), bias: -5 } });
    const near = sampleRun({ id: 'near', metrics: { ...mae(1), bias: 1 } });
    expect(sortRuns([low, near], { column: 'bias', descending: false })[0].id).toBe('near');
  });
});

describe('filter', () => {
  test('all conditions together', () => {
    const filter = { ...noFilter, status: 'running' as const, dataset: 'steel' };
    expect(visibleRuns({ a, open }, filter, { column: 'createdAt', descending: true })).toEqual([open]);
  });
  test('text finds recipe, id and tag, whatever the case', () => {
    const tagged = sampleRun({ tags: { owner: 'Marta' } });
    expect(matches(tagged, { ...noFilter, text: ' marta ' })).toBe(true);
    expect(matches(tagged, { ...noFilter, text: 'XGB' })).toBe(true);
    expect(matches(tagged, { ...noFilter, text: 'chronos' })).toBe(false);
  });
});

test('progress of what is not over: mean share, longest time left once all can say', () => {
  const queued = sampleRun({ id: 'q', status: 'queued', fraction: 0 });
  const late = sampleRun({ id: 'l', status: 'running', fraction: 0.1, etaMs: 9000 });
  expect(overallProgress([a, open, queued])).toEqual({ fraction: 0.25, etaMs: null, active: 2 });
  expect(overallProgress([a, open, late])).toMatchObject({ etaMs: 9000, active: 2 });
  expect(overallProgress([a])).toBeNull();
  expect(countByStatus([a, open, queued])).toMatchObject({ succeeded: 1, running: 1, queued: 1, failed: 0 });
});

test('ten thousand runs sort within a frame or two', () => {
  const many = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, i) => [
      `${i}`,
      sampleRun({ id: `${i}`, metrics: mae((i * 7919) % 997) }),
    ]),
  );
  const from = performance.now();
  const rows = visibleRuns(many, { ...noFilter, text: 'xgb' }, { column: 'mae', descending: false });
  expect(rows).toHaveLength(10_000);
  expect(performance.now() - from).toBeLessThan(400);
});
