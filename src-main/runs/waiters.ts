/** @file Those who wait until runs are over. */
import { isOver } from '../../src-preload/contract/index.ts';
import type { RunSummary } from '../../src-preload/contract/index.ts';

export interface Waiters {
  /** something changed: whoever waits looks again */
  look(): void;
  wait(ids: readonly string[], signal?: AbortSignal): Promise<RunSummary[]>;
}

export function createWaiters(read: (id: string) => RunSummary): Waiters {
  const watchers = new Set<() => void>();
  return {
    look: () => {
      for (const watch of [...watchers]) watch();
    },
    wait: (ids, signal) =>
      new Promise((resolve, reject) => {
        const finish = (work: () => void): void => {
          watchers.delete(look);
          signal?.removeEventListener('abort', look);
          work();
        };
        const look = (): void => {
          try {
            signal?.throwIfAborted();
            const runs: RunSummary[] = [];
            for (const id of ids) {
              const run = read(id);
              if (!isOver(run.status)) return;
              runs.push(run);
            }
            finish(() => resolve(runs));
          } catch (error) {
            finish(() => reject(error as Error));
          }
        };
        watchers.add(look);
        signal?.addEventListener('abort', look);
        look();
      }),
  };
}
