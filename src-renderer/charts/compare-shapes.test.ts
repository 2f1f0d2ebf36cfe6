import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../src-preload/contract/index.ts';
import { sampleRun } from '../stores/runs-sample.ts';
import {
  bestRuns,
  joinSeries,
  overlayRows,
  rankRuns,
  significanceOf,
  suggestRuns,
} from './compare-shapes.ts';

const metrics = sampleRun().metrics!;
const a = sampleRun({ id: 'a', metrics: { ...metrics, mae: 10, r2: 0.5, bias: -2, coverage80: 0.95 } });
const b = sampleRun({ id: 'b', metrics: { ...metrics, mae: 8, r2: 0.7, bias: 3, coverage80: 0.82 } });
const none = sampleRun({ id: 'none', metrics: null, skill: null, status: 'failed' });

describe('best values', () => {
  const best = bestRuns([a, b, none]);
  test('smaller errors, larger R², bias and coverage by distance from their ideal', () => {
    expect([...best.get('mae')!]).toEqual(['b']);
    expect([...best.get('r2')!]).toEqual(['b']);
    expect([...best.get('bias')!]).toEqual(['a']);
    expect([...best.get('coverage80')!]).toEqual(['b']);
  });
  test('ties share the mark; a lone value has nobody to beat', () => {
    expect([...best.get('rmse')!]).toEqual(['a', 'b']);
    expect(bestRuns([a, none]).has('mae')).toBe(false);
  });
  test('ranking puts runs without the figure last in both directions', () => {
    expect(rankRuns([none, a, b], 'mae').map((run) => run.id)).toEqual(['b', 'a', 'none']);
    expect(rankRuns([none, a, b], 'mae', true).map((run) => run.id)).toEqual(['a', 'b', 'none']);
  });
});

test('curves of different length share one axis', () => {
  const rows = overlayRows(
    [
      { runId: 'a', values: [1, 2] },
      { runId: 'b', values: [3] },
    ],
    1,
    10,
  );
  expect(rows).toEqual([
    { x: 10, a: 1, b: 3 },
    { x: 20, a: 2, b: null },
  ]);
});

test('predictions thinned to different instants are joined without inventing values', () => {
  const item = (runId: string, t: number[], predicted: number[]): Comparison['diagnostics'][0] => ({
    runId,
    byLead: { mae: [], bias: [] },
    byHourOfWeek: { mae: [], bias: [] },
    series: { t, actual: t.map((x) => x / 1000), predicted, low: [], high: [] },
  });
  const { columns, runIds } = joinSeries([
    item('a', [1000, 2000], [10, 20]),
    item('b', [2000, 3000], [5, 6]),
  ]);
  expect(columns).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [10, 20, undefined],
    [undefined, 5, 6],
  ]);
  expect(runIds).toEqual(['a', 'b']);
});

describe('significance in words', () => {
  const comparison = (pValue: number | null, change: Partial<Comparison> = {}): Comparison => ({
    runs: [a, b],
    sameSplit: true,
    params: [],
    diagnostics: [],
    significance: [{ runId: 'b', statistic: -3, pValue }],
    ...change,
  });
  test('sure, chance, not known', () => {
    expect(significanceOf(comparison(0.001), 'a')).toBe('reference');
    expect(significanceOf(comparison(0.001), 'b')).toBe('better');
    expect(significanceOf(comparison(0.3), 'b')).toBe('chance');
    expect(significanceOf(comparison(null), 'b')).toBe('unknown');
    expect(
      significanceOf(
        comparison(0.001, {
          runs: [b, { ...a, id: 'b2' }],
          significance: [{ runId: 'b2', statistic: 1, pValue: 0.001 }],
        }),
        'b2',
      ),
    ).toBe('worse');
  });
  test('nothing is said about runs on different rows', () => {
    const other = { ...b, splitKey: 'elsewhere' };
    expect(significanceOf(comparison(0.001, { sameSplit: false, runs: [a, other] }), 'b')).toBe('unknown');
  });
});

test('of several runs of one recipe the newest is suggested, and the champion', () => {
  const first = sampleRun({ id: 'first', createdAt: 1 });
  const crowned = sampleRun({ id: 'crowned', createdAt: 2, champion: true });
  const last = sampleRun({ id: 'last', createdAt: 3 });
  const other = sampleRun({ id: 'other', createdAt: 1, recipe: 'linear_config.yaml' });
  expect(suggestRuns([first, crowned, last, other], 'steel').toSorted()).toEqual([
    'crowned',
    'last',
    'other',
  ]);
});

test('suggested: the newest backtest of the dataset, best first, finished ones only', () => {
  const old = sampleRun({ id: 'old', splitKey: 'earlier', createdAt: 1 });
  const elsewhere = sampleRun({ id: 'elsewhere', dataset: 'oven', createdAt: Number.MAX_SAFE_INTEGER });
  expect(suggestRuns([old, a, b, none, elsewhere], 'steel')).toEqual(['b', 'a']);
  expect(suggestRuns([], 'steel')).toEqual([]);
});
