/**
 * @file The queue and its slots. A run is written down before it runs, waits its turn in the order of arrival,
 * executes in a process of its own, and ends in exactly one status. Nothing but a timer for retries lives in memory
 * only, so a restart finds everything that waits.
 */
import { join } from 'node:path';
import { AppError, toErrorData } from '../../src-preload/contract/index.ts';
import type { Recipe, RunSummary } from '../../src-preload/contract/index.ts';
import { removeTemporaries } from '../workspace/object-store.ts';
import type { EventBus, NewRun, Workspace } from '../workspace/types.ts';
import { defaultTimings, superviseRun } from './active-run.ts';
import type { ActiveRun, Timings } from './active-run.ts';
import { continuedRun } from './continued-run.ts';
import { checkDiskSpace } from './disk-space.ts';
import { findRunEntry } from './entry-path.ts';
import { interruptedError } from './failure.ts';
import { createForkHost } from './process-host.ts';
import type { HostedProcess, ProcessHost } from './process-host.ts';
import { createSettlement } from './settlement.ts';
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
  let isClosed = false;
  let pumpIsDue = false;

  const tell = (run: RunSummary): RunSummary => {
    bus.emit({ type: 'run', run });
    waiters.look();
    return run;
  };
  const waiters = createWaiters((id) => settlement.read(id));
  /** Nobody awaits what happens here, so a workspace that fails under us must not end the app. */
  const guarded = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      process.emitWarning(`${what}: ${toErrorData(error).message}`, 'RunManagerWarning');
      waiters.look();
    }
  };

  const settlement = createSettlement({
    workspace,
    bus,
    tell,
    onDue: () => schedulePump(),
    onSucceeded: (run) => guarded(`After run ${run.id}`, () => deps.onSucceeded?.(run)),
  });

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
    const waiting = workspace.queuedRuns().filter((id) => !settlement.waits(id) && !active.has(id));
    // a run that has the machine to itself gets all of it; threads change the speed, never the result
    const sideBySide = Math.min(parallel, active.size + waiting.length);
    for (const id of waiting) {
      if (active.size >= parallel) return;
      start(id, Math.max(1, Math.floor(deps.cpuSlots / sideBySide)));
    }
  };

  const start = (id: string, slotThreads: number): void => {
    let child: HostedProcess | undefined;
    try {
      const request = workspace.getRunRequest(id);
      const { version, profile, table } = workspace.getDatasetVersion(
        request.dataset,
        request.datasetVersion,
      );
      checkDiskSpace(workspace, version.source.bytes, deps.minFreeBytes);
      const wanted = request.recipe.runtime.threads;
      const threads = wanted === 'auto' ? slotThreads : Math.max(1, Math.min(wanted, deps.cpuSlots));
      child = host.start(deps.processEntry ?? findRunEntry(), []);
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
            continued: continuedRun(workspace, request.recipe),
          },
          attempt: run.attempt,
          objectsFolder: join(workspace.path, 'objects'),
          pipelineModule: deps.pipelineModule ?? null,
          parentPid: process.pid,
        },
        onEnded: (ending) =>
          guarded(`Writing down the end of run ${id}`, () => settlement.settle(id, ending)),
        onExited: (pid) => {
          active.delete(id);
          guarded('Cleaning up', () => {
            if (pid !== undefined) removeTemporaries(join(workspace.path, 'objects'), { ofPid: pid });
          });
          schedulePump();
        },
      });
      active.set(id, supervised);
      tell(run);
    } catch (error) {
      child?.kill(); // started, but that could not be written down
      guarded(`Writing down the end of run ${id}`, () =>
        settlement.settle(id, { status: 'failed', error: toErrorData(error) }),
      );
      schedulePump();
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
      const run = settlement.read(id);
      const running = active.get(run.id);
      if (running && run.status === 'running') return running.cancel();
      if (run.status !== 'queued')
        throw new AppError({
          code: 'run-not-active',
          message: `Run ${run.id} is ${run.status}: there is nothing to cancel.`,
          details: { runId: run.id, status: run.status },
        });
      settlement.forget(run.id);
      tell(workspace.setRunStatus(run.id, 'cancelled', { error: null }));
    },

    resume(id) {
      const run = settlement.read(id);
      if (run.status !== 'interrupted' && run.status !== 'failed' && run.status !== 'cancelled')
        throw new AppError({
          code: 'run-not-resumable',
          message: `Run ${run.id} is ${run.status}; only an interrupted, failed or cancelled run can be resumed.`,
          hint: run.status === 'succeeded' ? 'Run it again instead: unchanged steps are reused.' : undefined,
          details: { runId: run.id, status: run.status },
        });
      const queued = workspace.setRunStatus(run.id, 'queued', { attempt: run.attempt + 1, error: null });
      settlement.forget(run.id);
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
      settlement.close();
      const running = [...active.values()];
      for (const run of running) run.interrupt();
      await Promise.all(running.map((run) => run.exited));
    },
  };
}
