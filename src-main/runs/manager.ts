/**
 * @file The queue and its slots. A run is written down before it runs, waits its turn in the order of arrival,
 * executes in a process of its own, and ends in exactly one status. Nothing but a timer for retries lives in memory
 * only, so a restart finds everything that waits.
 */
import { join } from 'node:path';
import { AppError, toErrorData } from '../../src-preload/contract/index.ts';
import type { ErrorData, Recipe, RunSummary } from '../../src-preload/contract/index.ts';
import { removeTemporaries } from '../workspace/object-store.ts';
import type { EventBus, NewRun, Workspace } from '../workspace/types.ts';
import { defaultTimings, superviseRun } from './active-run.ts';
import type { ActiveRun, Ending, Timings } from './active-run.ts';
import { checkDiskSpace } from './disk-space.ts';
import { findRunEntry } from './entry-path.ts';
import { interruptedError, isWorthRetrying } from './failure.ts';
import { createForkHost } from './process-host.ts';
import type { ProcessHost } from './process-host.ts';
import { createWaiters } from './waiters.ts';

export interface RunManagerDeps {
  readonly workspace: Workspace;
  readonly bus: EventBus;
  /** cores that runs may use together */
  readonly cpuSlots: number;
  /** called when a run has succeeded, before anybody who waits for it hears of it */
  onSucceeded?(run: RunSummary): void;
  /** default: child processes of Node */
  readonly processHost?: ProcessHost;
  /** entry file of the run process; default: found beside this file or the bundle */
  readonly processEntry?: string;
  /** URL of a module that exports `pipeline`; default: the app's own */
  readonly pipelineModule?: string;
  readonly timings?: Partial<Timings>;
  /** a run is not started with less free space than this and twice its data */
  readonly minFreeBytes?: number;
}

export interface RunManager {
  /** Durable when it returns. */
  enqueue(run: NewRun): RunSummary;
  /** @throws AppError `run-not-active` when it is over */
  cancel(id: string): void;
  /** The same run again, from its last finished step. @throws AppError `run-not-resumable` */
  resume(id: string): RunSummary;
  /** A new run that reuses every finished step whose inputs, parameters and code are unchanged. */
  rerun(id: string, edited?: { recipeText: string; recipe: Recipe }): RunSummary;
  /** At start-up: runs whose process is gone become `interrupted`; what was queued goes on. @returns the interrupted ones */
  recoverOrphans(): RunSummary[];
  /** Resolves when all are over. Rejects with the signal's reason. */
  waitFor(ids: readonly string[], signal?: AbortSignal): Promise<RunSummary[]>;
  /** queued and running */
  activeCount(): number;
  /** Ends running processes (their runs become `interrupted`) and starts no more. */
  close(): Promise<void>;
}

export function createRunManager(deps: RunManagerDeps): RunManager {
  const { workspace, bus } = deps;
  const timings = { ...defaultTimings, ...deps.timings };
  const host = deps.processHost ?? createForkHost({ codeCache: join(workspace.path, 'cache', 'code') });
  const active = new Map<string, ActiveRun>();
  /** failed once, tried again after a pause; queued in the store meanwhile */
  const retryTimers = new Map<string, NodeJS.Timeout>();
  const retriesUsed = new Map<string, number>();
  /** over, but the disk was too full to write it down; shown as they ended, `interrupted` after a restart */
  const unwritten = new Map<string, RunSummary>();
  let isClosed = false;
  let pumpIsDue = false;

  const tell = (run: RunSummary): RunSummary => {
    bus.emit({ type: 'run', run });
    waiters.look();
    return run;
  };
  const read = (id: string): RunSummary => unwritten.get(id) ?? workspace.getRun(id);
  const waiters = createWaiters(read);
  /** Nobody awaits what happens here, so a workspace that fails under us must not end the app. */
  const guarded = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      process.emitWarning(`${what}: ${toErrorData(error).message}`, 'RunManagerWarning');
      waiters.look();
    }
  };

  const schedulePump = (): void => {
    if (pumpIsDue || isClosed) return;
    pumpIsDue = true;
    // after the caller has its answer: a start that fails at once must not overtake it
    setImmediate(() => {
      pumpIsDue = false;
      if (!isClosed) guarded('Starting queued runs', pump);
    });
  };

  const pump = (): void => {
    const parallel = Math.max(1, workspace.getSettings().parallelRuns);
    const waiting = workspace.queuedRuns().filter((id) => !retryTimers.has(id) && !active.has(id));
    // a run that has the machine to itself gets all of it; threads change the speed, never the result
    const sideBySide = Math.min(parallel, active.size + waiting.length);
    for (const id of waiting) {
      if (active.size >= parallel) return;
      start(id, Math.max(1, Math.floor(deps.cpuSlots / sideBySide)));
    }
  };

  const start = (id: string, slotThreads: number): void => {
    try {
      const request = workspace.getRunRequest(id);
      const { version, profile, table } = workspace.getDatasetVersion(
        request.dataset,
        request.datasetVersion,
      );
      checkDiskSpace(workspace, version.source.bytes, deps.minFreeBytes);
      const wanted = request.recipe.runtime.threads;
      const threads = wanted === 'auto' ? slotThreads : Math.max(1, Math.min(wanted, deps.cpuSlots));
      const child = host.start(deps.processEntry ?? findRunEntry(), []);
      const run = workspace.setRunStatus(id, 'running', { pid: child.pid ?? null, error: null });
      const supervised = superviseRun({
        workspace,
        bus,
        timings,
        run,
        process: child,
        start: {
          type: 'start',
          spec: {
            runId: id,
            recipeName: request.recipeName,
            recipeText: request.recipeText,
            recipe: request.recipe,
            dataset: version,
            profile,
            table,
            threads,
          },
          attempt: run.attempt,
          objectsFolder: join(workspace.path, 'objects'),
          pipelineModule: deps.pipelineModule ?? null,
          parentPid: process.pid,
        },
        onEnded: (ending) => guarded(`Writing down the end of run ${id}`, () => settle(id, ending)),
        onExited: () => {
          active.delete(id);
          if (child.pid !== undefined)
            removeTemporaries(join(workspace.path, 'objects'), { ofPid: child.pid });
          schedulePump();
        },
      });
      active.set(id, supervised);
      tell(run);
    } catch (error) {
      guarded(`Writing down the end of run ${id}`, () =>
        settle(id, { status: 'failed', error: toErrorData(error) }),
      );
      schedulePump();
    }
  };

  /** Writes down how a run ended, or puts it back for another try. */
  const settle = (id: string, ending: Ending): void => {
    if (ending.status === 'failed' && retry(id, ending.error)) return;
    retriesUsed.delete(id);
    const error = 'error' in ending ? ending.error : null;
    let run: RunSummary;
    try {
      run = workspace.setRunStatus(id, ending.status, { error });
    } catch (problem) {
      run = { ...workspace.getRun(id), status: ending.status, error: error ?? toErrorData(problem) };
      unwritten.set(id, run);
      writeLater(id, ending.status, error);
    }
    if (run.status === 'succeeded') {
      guarded(`After run ${id}`, () => {
        deps.onSucceeded?.(run);
        run = read(id); // it may be champion now
      });
    }
    tell(run);
  };

  const writeLater = (id: string, status: RunSummary['status'], error: ErrorData | null): void => {
    const timer = setInterval(() => {
      if (isClosed || !unwritten.has(id)) return clearInterval(timer);
      try {
        workspace.setRunStatus(id, status, { error });
        unwritten.delete(id);
        clearInterval(timer);
      } catch {
        // still full
      }
    }, 5000);
    timer.unref();
  };

  const retry = (id: string, error: ErrorData): boolean => {
    try {
      const { count, delaySeconds } = workspace.getRunRequest(id).recipe.runtime.retry;
      const used = retriesUsed.get(id) ?? 0;
      if (isClosed || used >= count || !isWorthRetrying(error)) return false;
      const { attempt } = workspace.getRun(id);
      const lines = workspace.addLogs(id, [
        {
          at: Date.now(),
          step: null,
          attempt,
          level: 'warn',
          message: `Attempt ${attempt} failed: ${error.message} Trying again in ${delaySeconds} s (${used + 1} of ${count}).`,
        },
      ]);
      bus.emit({ type: 'log', runId: id, lines });
      const run = workspace.setRunStatus(id, 'queued', { attempt: attempt + 1, error });
      retriesUsed.set(id, used + 1);
      const timer = setTimeout(() => {
        retryTimers.delete(id);
        schedulePump();
      }, delaySeconds * 1000);
      retryTimers.set(id, timer);
      tell(run);
      return true;
    } catch {
      return false; // cannot be written: the failure itself is what to show
    }
  };

  const enqueue = (run: NewRun): RunSummary => {
    if (isClosed)
      throw new AppError({ code: 'app-closing', message: 'The app is closing: no run can be started.' });
    const created = workspace.createRun(run);
    tell(created);
    schedulePump();
    return created;
  };

  return {
    enqueue,

    cancel(id) {
      const run = read(id);
      const running = active.get(run.id);
      if (running && run.status === 'running') return running.cancel();
      if (run.status !== 'queued')
        throw new AppError({
          code: 'run-not-active',
          message: `Run ${run.id} is ${run.status}: there is nothing to cancel.`,
          details: { runId: run.id, status: run.status },
        });
      clearTimeout(retryTimers.get(run.id));
      retryTimers.delete(run.id);
      retriesUsed.delete(run.id);
      tell(workspace.setRunStatus(run.id, 'cancelled', { error: null }));
    },

    resume(id) {
      const run = read(id);
      if (run.status !== 'interrupted' && run.status !== 'failed' && run.status !== 'cancelled')
        throw new AppError({
          code: 'run-not-resumable',
          message: `Run ${run.id} is ${run.status}; only an interrupted, failed or cancelled run can be resumed.`,
          hint: run.status === 'succeeded' ? 'Run it again instead: unchanged steps are reused.' : undefined,
          details: { runId: run.id, status: run.status },
        });
      const queued = workspace.setRunStatus(run.id, 'queued', { attempt: run.attempt + 1, error: null });
      unwritten.delete(run.id);
      tell(queued);
      schedulePump();
      return queued;
    },

    rerun(id, edited) {
      const { id: parentRunId, ...request } = workspace.getRunRequest(id);
      if (!edited) return enqueue({ ...request, parentRunId });
      const { experiment, tags } = edited.recipe.tracking;
      return enqueue({
        ...request,
        ...edited,
        experiment: experiment ?? request.experiment,
        tags: { ...request.tags, ...tags },
        parentRunId,
      });
    },

    recoverOrphans() {
      if (workspace.readOnly) return [];
      const orphans = workspace
        .listRuns({ status: 'running', limit: 10_000, offset: 0 })
        .runs.filter((run) => !active.has(run.id));
      const recovered = orphans.map((run) => {
        const { owner, attempt } = workspace.getRun(run.id);
        const seen =
          owner.heartbeatAt === null
            ? ''
            : `; last sign of life ${new Date(owner.heartbeatAt).toISOString()}`;
        const error = interruptedError(
          `The app ended while this run was executing (process ${owner.pid ?? 'unknown'}${seen}).`,
          { reason: 'owner-gone', pid: owner.pid, heartbeatAt: owner.heartbeatAt },
        );
        workspace.closeSteps(run.id, attempt, 'interrupted', 'pending', error);
        return tell(workspace.setRunStatus(run.id, 'interrupted', { error, pid: null }));
      });
      schedulePump();
      return recovered;
    },

    waitFor: (ids, signal) => waiters.wait(ids, signal),

    activeCount: () => new Set([...active.keys(), ...workspace.queuedRuns()]).size,

    async close() {
      isClosed = true;
      for (const timer of retryTimers.values()) clearTimeout(timer);
      retryTimers.clear();
      const running = [...active.values()];
      for (const run of running) run.interrupt();
      await Promise.all(running.map((run) => run.exited));
    },
  };
}
