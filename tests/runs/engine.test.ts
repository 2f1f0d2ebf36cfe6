/** @file The run engine with real processes: reuse, resume, rerun, retry, cancel, queue, progress, recovery. */
import { existsSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppEvent, RunSummary, StepId, StepStatus } from '../../src-preload/contract/index.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import type { Knobs } from './support/pipeline.ts';
import { exampleRun, host } from './support/workspace.ts';
import type { Hosted } from './support/workspace.ts';

const root = temporaryFolder('engine');
let place = 0;
let folder: string;
let app: Hosted;
let events: AppEvent[];
beforeEach(() => {
  folder = join(root, String(place++));
  open();
});
afterEach(() => app.close());
afterAll(() => removeFolder(root));

function open(...more: [Parameters<typeof host>[1]?, number?]): void {
  app = host(folder, ...more);
  events = [];
  app.bus.on((event) => events.push(event));
}
const stepsOf = (run: RunSummary): Partial<Record<StepId, StepStatus>> =>
  Object.fromEntries(app.workspace.getRun(run.id).steps.map((step) => [step.id, step.status]));
const logsOf = (run: RunSummary): string[] =>
  app.workspace.getLogs(run.id, { after: 0, limit: 1000 }).map((line) => line.message);
const start = (knobs: Knobs = {}, runtime: object = {}): RunSummary =>
  app.manager.enqueue(exampleRun(knobs, {}, runtime));
const finish = (knobs: Knobs = {}, runtime: object = {}): Promise<RunSummary> =>
  app.over(start(knobs, runtime));
async function until(check: () => boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 10) {
    if (check()) return;
    await sleep(10);
  }
  throw new Error(`Waited in vain until ${what}.`);
}
const runningStep = (run: RunSummary, id: StepId): Promise<void> =>
  until(() => stepsOf(run)[id] === 'running', `step ${id} runs`);

const allDone = {
  'load-config': 'succeeded',
  'load-data': 'succeeded',
  features: 'succeeded',
  train: 'succeeded',
  evaluate: 'succeeded',
  record: 'succeeded',
  notify: 'succeeded',
};
const allReused = {
  ...allDone,
  'load-config': 'reused',
  'load-data': 'reused',
  features: 'reused',
  train: 'reused',
  evaluate: 'reused',
};

describe('one run', () => {
  test('does its steps in order and leaves figures, artifacts, logs and lineage', async () => {
    const run = await finish();
    expect(run).toMatchObject({
      status: 'succeeded',
      fraction: 1,
      skill: 0.25,
      horizon: 96,
      thresholdsMet: true,
    });
    expect(run.metrics!.mae).toBeGreaterThan(0);
    expect(run.metrics!.r2).toBeNull();
    expect(stepsOf(run)).toEqual(allDone);
    const detail = app.workspace.getRun(run.id);
    expect(detail.artifacts.map((artifact) => artifact.name)).toEqual(['metrics.json', 'model.json']);
    const [frame] = detail.steps.find((step) => step.id === 'load-data')!.outputs;
    expect(detail.steps.find((step) => step.id === 'features')!.inputs).toEqual([frame]);
    expect(app.workspace.findArtifact(run.id, 'frame.parquet')).toEqual(frame);
    expect(app.workspace.objects.get(frame!.hash)).toHaveLength(100_000);
    expect(logsOf(run)).toContain('trained');
    expect(detail.owner.pid).toBeGreaterThan(0);
  });

  test('tells its story live: statuses, steps, logs, curve, ten times a second at most', async () => {
    const run = await finish({ pace: 400 });
    const told = events.filter((event) => event.type === 'run').map((event) => event.run);
    expect([...new Set(told.map(({ status }) => status))]).toEqual(['queued', 'running', 'succeeded']);
    const live = told.filter((state) => state.status === 'running');
    for (let index = 1; index < live.length; index++)
      expect(live[index]!.fraction).toBeGreaterThanOrEqual(live[index - 1]!.fraction);
    const seconds = run.durationMs! / 1000;
    expect(live.length / seconds).toBeLessThanOrEqual(11);
    expect(live.length / seconds).toBeGreaterThanOrEqual(5); // the start of the process, silent, included
    expect(live.filter((state) => state.etaMs !== null).length).toBeGreaterThan(5);
    const curve = events.filter((event) => event.type === 'curve');
    expect(curve).toHaveLength(20);
    expect(curve[0]).toMatchObject({ runId: run.id, name: 'loss', x: 0, y: 1 });
    const train = events.filter((event) => event.type === 'step' && event.step.id === 'train');
    expect(train.map((event) => event.type === 'step' && event.step.status)).toContain('running');
    expect(train.at(-1)).toMatchObject({ step: { status: 'succeeded' } });
    expect(
      events.some((event) => event.type === 'log' && event.lines.some((line) => line.message === 'trained')),
    ).toBe(true);
  });

  test('success is acted on before those who wait hear of it', async () => {
    await app.close();
    open({ onSucceeded: (run) => void app.workspace.promote(run.id) });
    expect(await finish()).toMatchObject({ status: 'succeeded', champion: true });
  });

  test('a broken onSucceeded does not undo a success', async () => {
    await app.close();
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    open({
      onSucceeded: () => {
        throw new Error('no champion today');
      },
    });
    expect(await finish()).toMatchObject({ status: 'succeeded' });
    expect((await warned).message).toMatch(/no champion today/);
  });
});

describe('steps done once', () => {
  test('a rerun reuses every step, lists the same artifacts and comes to the same figures', async () => {
    const first = await finish();
    const second = await app.over(app.manager.rerun(first.id));
    expect(second.id).not.toBe(first.id);
    expect(stepsOf(second)).toEqual(allReused);
    expect(second.metrics).toEqual(first.metrics);
    expect(app.workspace.getRun(second.id).artifacts).toEqual(app.workspace.getRun(first.id).artifacts);
    expect(app.workspace.getRunRequest(second.id).parentRunId).toBe(first.id);
  });

  test('an edited recipe runs from the first step it changes', async () => {
    const first = await finish();
    const { recipe } = exampleRun({ eta: 0.7 });
    const second = await app.over(app.manager.rerun(first.id, { recipeText: 'edited', recipe }));
    expect(stepsOf(second)).toEqual({ ...allReused, train: 'succeeded', evaluate: 'succeeded' });
    expect(second.metrics!.mae).not.toBe(first.metrics!.mae);
    expect(app.workspace.getRun(second.id).recipeText).toBe('edited');
  });

  test.each([
    ['truncated', (file: string) => truncateSync(file, 10)],
    ['gone', (file: string) => rmSync(file)],
  ])('an output that is %s is made again, to the same content', async (_how, damage) => {
    const first = await finish();
    const features = app.workspace.findArtifact(first.id, 'features.bin')!;
    damage(join(folder, 'objects', features.hash.slice(0, 2), features.hash.slice(2)));
    const second = await app.over(app.manager.rerun(first.id));
    expect(stepsOf(second)).toEqual({ ...allReused, features: 'succeeded' });
    expect(logsOf(second).join()).toMatch(/features\.bin is missing or damaged/);
    expect(app.workspace.objects.get(features.hash)).toHaveLength(features.bytes);
  });

  test('a failed run resumes from the step that failed', async () => {
    const once = join(folder, 'once');
    const failed = await finish({ at: 'train', do: 'throw', once });
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'test-failure', hint: 'None.' },
      metrics: null,
    });
    expect(stepsOf(failed)).toMatchObject({ features: 'succeeded', train: 'failed', evaluate: 'skipped' });
    expect(app.workspace.getRun(failed.id).steps.find((step) => step.id === 'train')!.error).toMatchObject({
      code: 'test-failure',
    });
    const queued = app.manager.resume(failed.id);
    expect(queued).toMatchObject({ id: failed.id, status: 'queued', attempt: 2, error: null });
    const resumed = await app.over(queued);
    expect(resumed).toMatchObject({ status: 'succeeded', error: null, attempt: 2 });
    expect(stepsOf(resumed)).toEqual({ ...allReused, train: 'succeeded', evaluate: 'succeeded' });
    expect(() => app.manager.resume(failed.id)).toThrow(
      expect.objectContaining({ code: 'run-not-resumable' }),
    );
  });
});

describe('failures', () => {
  test.each<[string, Knobs, object]>([
    ['an exit', { do: 'exit' }, { code: 'run-process-died', details: { exitCode: 3, step: 'train' } }],
    ['a kill from outside', { do: 'kill' }, { code: 'run-process-died', details: { signal: 'SIGKILL' } }],
    ['memory that runs out', { do: 'memory' }, { code: 'run-process-died', details: { outOfMemory: 'yes' } }],
    ['a promise nobody awaits', { do: 'reject' }, { code: 'internal', message: 'Nobody awaits this.' }],
    ['a full disk', { do: 'full-disk' }, { code: 'disk-full' }],
  ])('%s is a failed run with its reason', async (_what, knobs, error) => {
    const run = await finish({ at: 'train', ...knobs });
    expect(run).toMatchObject({ status: 'failed', error });
    expect(stepsOf(run)).toMatchObject({ features: 'succeeded', train: 'failed', evaluate: 'skipped' });
  });

  test('a pipeline that cannot be loaded fails the run', async () => {
    await app.close();
    open({ pipelineModule: 'file:///nowhere/pipeline.ts' });
    const run = await finish();
    expect(run.status).toBe('failed');
    expect(run.error!.message).toMatch(/nowhere/);
  });

  test('a process that cannot be started fails the run', async () => {
    await app.close();
    open({ processEntry: join(folder, 'no-such-entry.ts') });
    expect(await finish()).toMatchObject({ status: 'failed', error: { code: 'run-process-died' } });
  });

  test('too little space is said before the start, and is not tried again', async () => {
    await app.close();
    open({ minFreeBytes: Number.MAX_SAFE_INTEGER / 4 });
    const run = await finish({}, { retry: { count: 3, delaySeconds: 0 } });
    expect(run).toMatchObject({
      status: 'failed',
      attempt: 1,
      startedAt: null,
      error: { code: 'disk-full' },
    });
    expect(run.error!.details).toMatchObject({ freeBytes: expect.any(Number) as number });
  });
});

describe('retry', () => {
  test('a crash is tried again after the pause, finished steps are reused, and the log says so', async () => {
    const once = join(folder, 'once');
    const since = Date.now();
    const run = await finish({ at: 'train', do: 'kill', once }, { retry: { count: 2, delaySeconds: 0.3 } });
    expect(Date.now() - since).toBeGreaterThanOrEqual(300);
    expect(run).toMatchObject({ status: 'succeeded', attempt: 2, error: null });
    expect(stepsOf(run)).toEqual({ ...allReused, train: 'succeeded', evaluate: 'succeeded' });
    expect(logsOf(run).join()).toMatch(/Attempt 1 failed: .*Trying again in 0\.3 s \(1 of 2\)/);
  });

  test('the count is the end', async () => {
    const run = await finish({ at: 'features', do: 'throw' }, { retry: { count: 2, delaySeconds: 0 } });
    expect(run).toMatchObject({ status: 'failed', attempt: 3, error: { code: 'test-failure' } });
  });

  test.each(['recipe-invalid', 'engine-not-available'])(
    '%s is the user’s to mend: no second try',
    async (code) => {
      const run = await finish(
        { at: 'features', do: 'throw', code },
        { retry: { count: 2, delaySeconds: 0 } },
      );
      expect(run).toMatchObject({ status: 'failed', attempt: 1, error: { code } });
    },
  );

  test('a run that waits for its next try can be cancelled', async () => {
    const run = start({ at: 'features', do: 'throw' }, { retry: { count: 2, delaySeconds: 60 } });
    await until(() => app.workspace.getRun(run.id).attempt === 2, 'the first try has failed');
    expect(app.workspace.getRun(run.id)).toMatchObject({ status: 'queued', error: { code: 'test-failure' } });
    app.manager.cancel(run.id);
    expect(await app.over(run)).toMatchObject({ status: 'cancelled', error: null });
  });
});

describe('cancel', () => {
  test.each<[string, Knobs]>([
    ['waits', { do: 'wait' }],
    ['computes without a pause', { do: 'block' }],
  ])('a run whose step %s ends at once, can be resumed, and is not retried', async (_what, knobs) => {
    const once = join(folder, 'once');
    const run = start({ at: 'train', ...knobs, once }, { retry: { count: 3, delaySeconds: 0 } });
    await runningStep(run, 'train');
    await until(() => existsSync(once), 'the step is in it');
    const since = Date.now();
    app.manager.cancel(run.id);
    const cancelled = await app.over(run);
    expect(Date.now() - since).toBeLessThan(1000);
    expect(cancelled).toMatchObject({ status: 'cancelled', attempt: 1, error: null });
    expect(stepsOf(run)).toMatchObject({ features: 'succeeded', train: 'cancelled', evaluate: 'skipped' });
    expect(await app.over(app.manager.resume(run.id))).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  test('a queued run never starts; one that is over has nothing to cancel', async () => {
    app.workspace.setSettings({ parallelRuns: 1 });
    const first = start({ pace: 30 });
    const second = start();
    app.manager.cancel(second.id);
    expect(await app.over(second)).toMatchObject({ status: 'cancelled', startedAt: null, durationMs: null });
    await app.over(first);
    expect(() => app.manager.cancel(first.id)).toThrow(expect.objectContaining({ code: 'run-not-active' }));
    expect(() => app.manager.cancel('nothing')).toThrow(expect.objectContaining({ code: 'run-not-found' }));
  });
});

describe('queue', () => {
  test('runs start in the order of arrival, as many side by side as the settings say', async () => {
    const ids = Array.from({ length: 5 }, () => start({ pace: 20 }).id);
    let most = 0;
    app.bus.on(() => {
      most = Math.max(most, app.workspace.listRuns({ status: 'running', limit: 99, offset: 0 }).total);
    });
    expect(app.manager.activeCount()).toBe(5);
    const runs = await app.manager.waitFor(ids);
    expect(runs.map((run) => run.status)).toEqual(Array(5).fill('succeeded'));
    const started = runs.map((run) => run.startedAt!);
    expect(started).toEqual([...started].sort((a, b) => a - b));
    expect(most).toBe(2);
    await until(() => app.manager.activeCount() === 0, 'all processes are gone');
  });

  test('waiting can be given up, and fails for a run that is not there', async () => {
    const run = start({ at: 'train', do: 'wait' });
    const signal = AbortSignal.timeout(50);
    await expect(app.manager.waitFor([run.id], signal)).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(app.manager.waitFor(['nothing'])).rejects.toMatchObject({ code: 'run-not-found' });
    app.manager.cancel(run.id);
    await app.over(run);
  });

  test('what was queued when the app closed runs at the next start, after what it interrupted is named', async () => {
    app.workspace.setSettings({ parallelRuns: 1 });
    const first = start({ at: 'train', do: 'wait', once: join(folder, 'once') });
    const second = start();
    await runningStep(first, 'train');
    await app.close();
    open({}, 1);
    expect(app.workspace.getRun(first.id)).toMatchObject({
      status: 'interrupted',
      error: { code: 'run-interrupted', details: { reason: 'app-closed' } },
    });
    expect(stepsOf(first)).toMatchObject({ train: 'interrupted', evaluate: 'pending' });
    expect(app.manager.recoverOrphans()).toEqual([]);
    expect(await app.over(second)).toMatchObject({ status: 'succeeded' });
    expect(await app.over(app.manager.resume(first.id))).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  test('after a crash of the app, what was running is interrupted with the reason, and can be resumed', async () => {
    const run = app.workspace.createRun(exampleRun());
    app.workspace.setRunStatus(run.id, 'running', { pid: 2 ** 22 + 1 });
    app.workspace.putStep(run.id, 1, {
      id: 'train',
      status: 'running',
      startedAt: Date.now(),
      durationMs: null,
      fraction: 0.5,
      message: null,
      inputs: [],
      outputs: [],
      error: null,
    });
    const [orphan] = app.manager.recoverOrphans();
    expect(orphan).toMatchObject({ id: run.id, status: 'interrupted', error: { code: 'run-interrupted' } });
    expect(orphan!.error!.message).toMatch(/process 4194305; last sign of life \d{4}-/);
    expect(stepsOf(run)).toMatchObject({ train: 'interrupted' });
    expect(app.manager.recoverOrphans()).toEqual([]);
    expect(await app.over(app.manager.resume(run.id))).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  test('a running run gives signs of life', async () => {
    await app.close();
    open({ timings: { heartbeatMs: 50 } });
    const run = start({ at: 'train', do: 'block' });
    await runningStep(run, 'train');
    const seen = app.workspace.getRun(run.id).owner.heartbeatAt!;
    await until(() => app.workspace.getRun(run.id).owner.heartbeatAt! > seen, 'the heart beats');
    expect(app.workspace.getRun(run.id).fraction).toBeGreaterThan(0);
    app.manager.cancel(run.id);
    await app.over(run);
  });
});
