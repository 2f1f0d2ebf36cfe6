import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { metricNames } from '../../src-preload/contract/index.ts';
import type { Forecast, Metrics } from '../../src-preload/contract/index.ts';
import { exampleRun, exampleVersion } from '../../tests/runs/support/workspace.ts';
import { openDb } from './db.ts';
import { openWorkspace } from './open.ts';
import { selectRuns } from './run-rows.ts';
import type { RunResult, Workspace } from './types.ts';

const noMetrics = Object.fromEntries(metricNames.map((name) => [name, null])) as Metrics;
const resultWith = (metrics: Partial<Metrics>): RunResult => ({
  metrics: { ...noMetrics, ...metrics },
  skill: 0.3,
  baseline: null,
  splitKey: 's',
  horizon: 96,
  thresholds: [],
});

describe('one workspace', () => {
  let folder: string;
  let workspace: Workspace;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'voltcast-runs-'));
    workspace = openWorkspace(folder);
    workspace.addDatasetVersion(exampleVersion());
  });
  afterEach(() => {
    workspace.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a run is queued as asked, and its recipe comes back flattened and whole', () => {
    const request = exampleRun({ eta: 0.3 }, { tags: { site: 'north' } });
    const run = workspace.createRun(request);
    expect(run).toMatchObject({
      status: 'queued',
      attempt: 1,
      modelType: 'linear',
      target: 'Usage_kWh',
      unit: 'kWh',
      tags: { site: 'north' },
      metrics: null,
      champion: false,
    });
    expect(workspace.getRunRequest(run.id)).toEqual({ id: run.id, ...request });
    const detail = workspace.getRun(run.id);
    expect(detail.params).toMatchObject({
      'model.type': 'linear',
      'model.params.eta': '0.3',
      'features.lags': 'auto',
    });
    expect(detail.steps).toHaveLength(10);
    expect(detail.steps.every((step) => step.status === 'pending')).toBe(true);
  });

  test('a run that broke off says at which step, until it starts anew or succeeds', () => {
    const { id } = workspace.createRun(exampleRun({ eta: 0.3 }));
    workspace.setRunStatus(id, 'running', { pid: 1 });
    workspace.setRunProgress(id, 0.2, null, 'features');
    const broken = workspace.getRun(id).steps.find((step) => step.id === 'train')!;
    workspace.putStep(id, 1, { ...broken, status: 'failed', error: { code: 'x', message: 'y' } });
    const failed = workspace.setRunStatus(id, 'failed', { error: { code: 'x', message: 'y' } });
    expect(failed.currentStep).toBe('train');
    expect(workspace.listRuns({ limit: 10, offset: 0 }).runs[0]!.currentStep).toBe('train');
    expect(workspace.setRunStatus(id, 'queued', { attempt: 2, error: null }).currentStep).toBeNull();
    workspace.setRunStatus(id, 'running', { pid: 1 });
    workspace.setRunProgress(id, 0.2, null, 'evaluate');
    expect(workspace.setRunStatus(id, 'interrupted').currentStep).toBe('evaluate');
    expect(workspace.setRunStatus(id, 'succeeded').currentStep).toBeNull();
    const waiting = workspace.createRun(exampleRun({ eta: 0.4 }));
    expect(workspace.setRunStatus(waiting.id, 'cancelled').currentStep).toBeNull();
  });

  test('a run needs a dataset that is there', () => {
    expect(() => workspace.createRun(exampleRun({}, { datasetVersion: 9 }))).toThrow(
      expect.objectContaining({ code: 'dataset-not-found' }),
    );
  });

  test('the first letters of an id are enough while they say which', () => {
    const runs = Array.from({ length: 40 }, () => workspace.createRun(exampleRun()));
    expect(workspace.getRun(runs[0]!.id.slice(0, 9)).id).toBe(runs[0]!.id);
    expect(() => workspace.getRun('')).toThrow(expect.objectContaining({ code: 'run-not-found' }));
    expect(() => workspace.getRun('zz')).toThrow(expect.objectContaining({ code: 'run-not-found' }));
    const letter = '0123456789abcdef'
      .split('')
      .find((c) => runs.filter(({ id }) => id.startsWith(c)).length > 1)!;
    expect(() => workspace.getRun(letter)).toThrow(expect.objectContaining({ code: 'run-ambiguous' }));
  });

  test('figures come back bit for bit, and what is no number as null', () => {
    const run = workspace.createRun(exampleRun());
    const mae = 0.1 + 0.2;
    workspace.setRunResult(
      run.id,
      resultWith({ mae, rmse: 1 / 3, r2: Number.NaN, wql: Number.POSITIVE_INFINITY }),
    );
    expect(workspace.getRun(run.id).metrics).toEqual({ ...noMetrics, mae, rmse: 1 / 3 });
    workspace.setRunResult(run.id, {
      ...resultWith({ mae: 2 }),
      thresholds: [
        { metric: 'mae', value: 2, min: null, max: 3, met: true },
        { metric: 'rmse', value: 9, min: null, max: 3, met: false },
      ],
      facts: { 'runtime.deviceUsed': 'cpu' },
    });
    expect(workspace.getRun(run.id)).toMatchObject({
      metrics: { mae: 2, rmse: null },
      thresholdsMet: false,
      params: { 'runtime.deviceUsed': 'cpu', 'runtime.device': 'auto' },
    });
  });

  test('the queue keeps the order of arrival; what is queued again goes to its end', () => {
    const [a, b, c] = [1, 2, 3].map(() => workspace.createRun(exampleRun()).id) as [string, string, string];
    expect(workspace.queuedRuns()).toEqual([a, b, c]);
    workspace.setRunStatus(a, 'running', { pid: 1 });
    workspace.setRunStatus(a, 'failed', { error: { code: 'x', message: 'y' } });
    expect(workspace.setRunStatus(a, 'queued', { attempt: 2, error: null })).toMatchObject({
      attempt: 2,
      startedAt: null,
      finishedAt: null,
      error: null,
    });
    expect(workspace.queuedRuns()).toEqual([b, c, a]);
  });

  test('filters, pages and totals', () => {
    const ids = Array.from(
      { length: 5 },
      (_, index) => workspace.createRun(exampleRun({}, { experiment: index % 2 === 0 ? 'even' : 'odd' })).id,
    );
    workspace.setRunStatus(ids[0]!, 'succeeded');
    const list = (filter: object) => {
      const { runs, total } = workspace.listRuns({ limit: 2, offset: 0, ...filter });
      return [runs.map((run) => ids.indexOf(run.id)), total];
    };
    expect(list({})).toEqual([[4, 3], 5]);
    expect(list({ offset: 4 })).toEqual([[0], 5]);
    expect(list({ experiment: 'even' })).toEqual([[4, 2], 3]);
    expect(list({ experiment: 'even', status: 'succeeded' })).toEqual([[0], 1]);
    expect(list({ dataset: 'other' })).toEqual([[], 0]);
  });

  test('one champion per experiment, only of the succeeded; it goes with its run', () => {
    const [a, b] = [1, 2].map(() => workspace.createRun(exampleRun()).id) as [string, string];
    expect(() => workspace.promote(a)).toThrow(expect.objectContaining({ code: 'run-not-succeeded' }));
    for (const id of [a, b]) workspace.setRunStatus(id, 'succeeded');
    expect(workspace.promote(a).champion).toBe(true);
    expect(workspace.promote(b.slice(0, 8)).id).toBe(b);
    expect(workspace.listRuns({ limit: 9, offset: 0 }).runs.map((run) => run.champion)).toEqual([
      true,
      false,
    ]);
    expect(workspace.listExperiments()).toMatchObject([
      { name: 'plant', dataset: 'plant', runs: 2, champion: b },
    ]);
    workspace.deleteRun(b);
    expect(workspace.championOf('plant')).toBeNull();
    expect(workspace.championOf('nowhere')).toBeNull();
    workspace.deleteRun(a);
    expect(workspace.listExperiments()).toEqual([]);
  });

  test('an active run is not deleted', () => {
    const { id } = workspace.createRun(exampleRun());
    expect(() => workspace.deleteRun(id)).toThrow(expect.objectContaining({ code: 'run-active' }));
  });

  test('tags are set and taken away one by one', () => {
    const { id } = workspace.createRun(exampleRun({}, { tags: { a: '1', b: '2' } }));
    expect(workspace.setTags(id, { b: null, c: '3' }).tags).toEqual({ a: '1', c: '3' });
    expect(workspace.getRun(id).tags).toEqual({ a: '1', c: '3' });
  });

  test('a finished step is found by its key and its artifacts by their name, listed or not', () => {
    const { id } = workspace.createRun(exampleRun());
    const artifact = (name: string, letter: string) => ({ name, hash: letter.repeat(64), bytes: 3 });
    const outputs = [artifact('model.json', 'a'), artifact('backtest.bin', 'b')];
    workspace.finishStep({
      runId: id,
      attempt: 1,
      step: {
        id: 'train',
        status: 'succeeded',
        startedAt: 5,
        durationMs: 7,
        fraction: null,
        message: null,
        inputs: [],
        outputs,
        error: null,
      },
      record: { key: 'k', outputs, user: ['model.json'] },
      artifacts: [outputs[0]!],
      result: resultWith({ mae: 1 }),
    });
    expect(workspace.findStep('k')).toEqual({ key: 'k', outputs, user: ['model.json'] });
    expect(workspace.findStep('other')).toBeNull();
    expect(workspace.getRun(id)).toMatchObject({ artifacts: [outputs[0]], metrics: { mae: 1 } });
    expect(workspace.findArtifact(id, 'model.json')).toEqual(outputs[0]);
    expect(workspace.findArtifact(id, 'backtest.bin')).toEqual(outputs[1]);
    expect(workspace.findArtifact(id, 'nothing')).toBeNull();
  });

  test('logs are numbered per run and read on from a number', () => {
    const { id } = workspace.createRun(exampleRun());
    const line = (message: string, step: 'train' | null) => ({
      at: 1,
      step,
      attempt: 1,
      level: 'info' as const,
      message,
    });
    workspace.addLogs(id, [line('a', null), line('b', 'train')]);
    expect(workspace.addLogs(id, [line('c', 'train')])).toMatchObject([{ seq: 3 }]);
    const messages = (query: object) =>
      workspace.getLogs(id, { after: 0, limit: 10, ...query }).map((log) => log.message);
    expect(messages({})).toEqual(['a', 'b', 'c']);
    expect(messages({ after: 1 })).toEqual(['b', 'c']);
    expect(messages({ step: 'train', limit: 1 })).toEqual(['b']);
    expect(messages({ attempt: 2 })).toEqual([]);
  });

  test('forecasts, reports and settings come back as they were', () => {
    const { id } = workspace.createRun(exampleRun());
    const forecast: Forecast = {
      id: 'f1',
      runId: id,
      recipe: 'linear',
      dataset: 'plant',
      datasetVersion: 1,
      target: 'Usage_kWh',
      unit: 'kWh',
      timezone: 'UTC',
      frequency: 'PT1H',
      issuedAt: 1,
      origin: 2,
      levels: [0.5],
      stamps: 'beginning',
      rows: [{ timestamp: '1970-01-01T00:00:00Z', t: 0, quantiles: { '0.5': 1.5 } }],
      history: { t: [], actual: [] },
      device: null,
      warnings: [],
    };
    workspace.addForecast(forecast);
    expect(workspace.getForecast('f1')).toEqual(forecast);
    expect(workspace.listForecasts({ dataset: 'plant', runId: id })).toMatchObject([
      { id: 'f1', horizon: 1 },
    ]);
    expect(workspace.listForecasts({ dataset: 'other' })).toEqual([]);
    expect(() => workspace.getForecast('f2')).toThrow(
      expect.objectContaining({ code: 'forecast-not-found' }),
    );
    const report = { id: 'r', format: 'html' as const, file: 'x', bytes: 1, runIds: [id], createdAt: 3 };
    workspace.addReport(report);
    expect(workspace.listReports()).toEqual([report]);
    expect(workspace.setSettings({ parallelRuns: 3 })).toMatchObject({ parallelRuns: 3, theme: 'system' });
    expect(workspace.getSettings().parallelRuns).toBe(3);
    expect(() => workspace.setSettings({ parallelRuns: 0 })).toThrow();
  });
});

describe('10,000 runs with 50 metrics each', () => {
  let folder: string;
  let workspace: Workspace;
  const count = 10_000;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'voltcast-many-'));
    workspace = openWorkspace(folder);
    workspace.addDatasetVersion(exampleVersion());
    const { id } = workspace.createRun(exampleRun());
    workspace.setRunResult(id, resultWith({ mae: 1 }));
    workspace.setRunStatus(id, 'succeeded');
    workspace.close();
    const db = openDb(join(folder, 'voltcast.db'), { readOnly: false });
    const names = db
      .all<{ name: string }>('SELECT name FROM pragma_table_info(?)', 'run')
      .map(({ name }) => name)
      .filter((name) => name !== 'seq' && name !== 'id');
    db.transaction(() => {
      db.run(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
         INSERT INTO run (id, ${names.join(', ')})
         SELECT printf('%012x', n.i), ${names.map((name) => `r.${name}`).join(', ')} FROM n, (SELECT * FROM run) r`,
      );
      const metrics = [
        ...metricNames,
        ...Array.from({ length: 50 - metricNames.length }, (_, i) => `extra_${i}`),
      ];
      db.run(
        `INSERT OR IGNORE INTO run_metric SELECT r.id, m.value, r.seq * 0.1 FROM run r, json_each(?) m`,
        JSON.stringify(metrics),
      );
    });
    db.close();
    workspace = openWorkspace(folder);
  }, 120_000);
  afterAll(() => {
    workspace.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** ms of processor time, the best of five: what else the machine does is no part of it */
  const fastest = (work: () => void): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
      const since = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(since);
      best = Math.min(best, (user + system) / 1000);
    }
    return best;
  };

  test('a page of the list takes less than 100 ms, wherever it lies', () => {
    for (const offset of [0, 5000, count - 200])
      expect(fastest(() => workspace.listRuns({ limit: 200, offset }))).toBeLessThan(100);
    const filter = {
      experiment: 'plant',
      status: 'succeeded' as const,
      dataset: 'plant',
      limit: 200,
      offset: 0,
    };
    expect(fastest(() => workspace.listRuns(filter))).toBeLessThan(100);
    const { runs, total } = workspace.listRuns(filter);
    expect([runs.length, total]).toEqual([200, count]);
    expect(runs[0]!.metrics!.mae).toBeCloseTo(1000, 6);
  });

  test('experiments, 200 runs by id and one look-up by prefix are quick, too', () => {
    const { runs } = workspace.listRuns({ limit: 200, offset: 300 });
    expect(fastest(() => runs.forEach((run) => workspace.getRun(run.id)))).toBeLessThan(300);
    expect(fastest(() => workspace.listExperiments())).toBeLessThan(100);
    expect(fastest(() => workspace.queuedRuns())).toBeLessThan(10);
  });

  test.each([
    ['the list', `${selectRuns} ORDER BY r.seq DESC LIMIT 200`, []],
    ['by experiment', `${selectRuns} WHERE r.experiment = ? ORDER BY r.seq DESC LIMIT 200`, ['plant']],
    ['by status', `${selectRuns} WHERE r.status = ? ORDER BY r.seq DESC LIMIT 200`, ['failed']],
    ['one run', `${selectRuns} WHERE r.id = ?`, ['x']],
    ['the queue', `SELECT id FROM run WHERE queue_position IS NOT NULL ORDER BY queue_position`, []],
    ['logs', 'SELECT * FROM run_log WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT 9', ['x', 0]],
    ['forecasts of a run', 'SELECT id FROM forecast WHERE run_id = ? ORDER BY seq DESC', ['x']],
  ])('%s: found by index and not sorted', (_what, sql, values) => {
    const db = openDb(join(folder, 'voltcast.db'), { readOnly: true });
    const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values).map((row) => row.detail);
    db.close();
    expect(plan.filter((line) => line.includes('TEMP B-TREE'))).toEqual([]);
    // reading the runs in the order of their key is the list itself; every other table is searched
    const scans = plan.filter(
      (line) => line.startsWith('SCAN') && !(line === 'SCAN r' && values.length === 0),
    );
    expect(scans.filter((line) => !line.includes('USING') && line !== 'SCAN CONSTANT ROW')).toEqual([]);
  });
});
