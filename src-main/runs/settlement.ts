/** @file What becomes of a run whose process has ended: written down as over, or put back for another try. */
import { toErrorData } from '../../src-preload/contract/index.ts';
import type { ErrorData, RunSummary } from '../../src-preload/contract/index.ts';
import type { EventBus, Workspace } from '../workspace/types.ts';
import type { Ending } from './active-run.ts';
import { isWorthRetrying } from './failure.ts';

export interface Settlement {
  settle(id: string, ending: Ending): void;
  /** the run as it is, even where the disk was too full to write that down */
  read(id: string): RunSummary;
  /** queued in the store, but not to be started: its pause is not over, or it could not be written that it failed */
  waits(id: string): boolean;
  /** the user has decided about the run: its next try and what could not be written are void */
  forget(id: string): void;
  close(): void;
}

const writeAgainMs = 5000;

export function createSettlement(deps: {
  workspace: Workspace;
  bus: EventBus;
  tell(run: RunSummary): void;
  /** a pause is over */
  onDue(): void;
  onSucceeded(run: RunSummary): void;
}): Settlement {
  const { workspace, bus } = deps;
  const retryTimers = new Map<string, NodeJS.Timeout>();
  const retriesUsed = new Map<string, number>();
  /** over, but not written down; `interrupted` after a restart */
  const unwritten = new Map<string, RunSummary>();
  let isClosed = false;

  const read = (id: string): RunSummary => unwritten.get(id) ?? workspace.getRun(id);

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
    }, writeAgainMs);
    timer.unref();
  };

  /** @returns false when the failure is final */
  const retry = (id: string, error: ErrorData): boolean => {
    try {
      const { count, delaySeconds } = workspace.getRunRequest(id).recipe.runtime.retry;
      const used = retriesUsed.get(id) ?? 0;
      if (isClosed || used >= count || !isWorthRetrying(error)) return false;
      const { attempt } = workspace.getRun(id);
      const message = `Attempt ${attempt} failed: ${error.message} Trying again in ${delaySeconds} s (${used + 1} of ${count}).`;
      const lines = workspace.addLogs(id, [{ at: Date.now(), step: null, attempt, level: 'warn', message }]);
      bus.emit({ type: 'log', runId: id, lines });
      const run = workspace.setRunStatus(id, 'queued', { attempt: attempt + 1, error });
      retriesUsed.set(id, used + 1);
      const due = (): void => {
        retryTimers.delete(id);
        deps.onDue();
      };
      retryTimers.set(id, setTimeout(due, delaySeconds * 1000));
      deps.tell(run);
      return true;
    } catch {
      return false; // cannot be written: the failure itself is what to show
    }
  };

  return {
    read,
    waits: (id) => retryTimers.has(id) || unwritten.has(id),

    settle(id, ending) {
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
      if (run.status === 'succeeded') deps.onSucceeded(run);
      deps.tell(read(id)); // read again: it may be champion now
    },

    forget(id) {
      clearTimeout(retryTimers.get(id));
      retryTimers.delete(id);
      retriesUsed.delete(id);
      unwritten.delete(id);
    },

    close() {
      isClosed = true;
      for (const timer of retryTimers.values()) clearTimeout(timer);
      retryTimers.clear();
    },
  };
}
