import { describe, expect, test } from 'vitest';
import type { AppEvent, LogLine } from '../../src-preload/contract/index.ts';
import { appendPoint, maxLogLines, mergeLogs, reduceCurves, reduceRunView } from './runs-reduce.ts';
import type { RunView } from './runs-reduce.ts';
import { sampleDetail, sampleRun, sampleStep } from './runs-sample.ts';

const line = (seq: number): LogLine => ({
  seq,
  at: seq,
  step: 'train',
  attempt: 1,
  level: 'info',
  message: `line ${seq}`,
});
const view = (): RunView => ({
  run: sampleDetail({ status: 'running' }),
  logs: [line(1)],
  curves: {},
  deleted: false,
});

describe('the run screen follows its events', () => {
  test('a step takes the place of its older self, the others stay', () => {
    const step = sampleStep('train', { status: 'running', fraction: 0.4 });
    const next = reduceRunView(view(), { type: 'step', runId: 'run-1', step });
    expect(next.run.steps.find((s) => s.id === 'train')).toEqual(step);
    expect(next.run.steps.find((s) => s.id === 'evaluate')?.status).toBe('pending');
    expect(next.run.steps).toHaveLength(10);
  });

  test('a summary updates the run and keeps what only the detail knows', () => {
    const next = reduceRunView(view(), { type: 'run', run: sampleRun({ status: 'succeeded' }) });
    expect(next.run.status).toBe('succeeded');
    expect(next.run.recipeText).toContain('xgboost');
  });

  test.each<AppEvent>([
    { type: 'run', run: sampleRun({ id: 'other' }) },
    { type: 'log', runId: 'other', lines: [line(9)] },
    { type: 'curve', runId: 'other', name: 'mae', x: 1, y: 1 },
    { type: 'run-deleted', runId: 'other' },
    { type: 'dataset', dataset: 'steel' },
  ])('events of others leave the very same view: $type', (event) => {
    const before = view();
    expect(reduceRunView(before, event)).toBe(before);
  });

  test('another run of the experiment taking the alias takes it from this one', () => {
    const crowned = { ...view(), run: sampleDetail({ champion: true }) };
    const next = reduceRunView(crowned, { type: 'champion', experiment: 'steel', runId: 'other' });
    expect(next.run.champion).toBe(false);
    const elsewhere = reduceRunView(crowned, { type: 'champion', experiment: 'oven', runId: 'other' });
    expect(elsewhere.run.champion).toBe(true);
  });
});

describe('log lines', () => {
  test('fetched and streamed lines overlap: each once, in order', () => {
    const merged = mergeLogs([line(1), line(2), line(4)], [line(2), line(3), line(5)]);
    expect(merged.map((l) => l.seq)).toEqual([1, 2, 3, 4, 5]);
  });
  test('the oldest go when there are too many', () => {
    const many = Array.from({ length: maxLogLines }, (_, i) => line(i + 1));
    const merged = mergeLogs(many, [line(maxLogLines + 1)]);
    expect(merged).toHaveLength(maxLogLines);
    expect(merged[0].seq).toBe(2);
  });
});

describe('curves', () => {
  test('grow, ignore points already known, and start over when training does', () => {
    let curves = appendPoint({}, 'mae', 1, 10);
    curves = appendPoint(curves, 'mae', 2, 9);
    curves = appendPoint(curves, 'mae', 2, 9);
    expect(curves['mae']).toEqual({ x: [1, 2], y: [10, 9] });
    expect(appendPoint(curves, 'mae', 1, 11)['mae']).toEqual({ x: [1], y: [11] });
  });

  test('a batch gives the same as its points one by one', () => {
    const events: AppEvent[] = [1, 2, 3, 2, 1, 2].map((x) => ({
      type: 'curve',
      runId: 'r',
      name: 'mae',
      x,
      y: 10 / x,
    }));
    const oneByOne = events.reduce(
      (curves, e) => (e.type === 'curve' ? appendPoint(curves, e.name, e.x, e.y) : curves),
      {},
    );
    expect(reduceCurves({}, events)).toEqual({ r: oneByOne });
  });
});
