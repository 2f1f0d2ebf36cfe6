/** @file How far a run is and how long it still takes, from the steps' shares of the time. The clock comes in as an argument. */
import type { StepId } from '../../src-preload/contract/index.ts';

export interface Progress {
  readonly plan: readonly { readonly id: StepId; readonly weight: number }[];
  /** share of each step that is done, 0..1 */
  readonly done: ReadonlyMap<StepId, number>;
  /** found finished: no time was spent on them, so they say nothing about speed */
  readonly reused: ReadonlySet<StepId>;
  readonly current: StepId | null;
  /** ms, when the first step that really worked began */
  readonly workSince: number | null;
}

export type ProgressChange =
  | { readonly type: 'plan'; readonly steps: Progress['plan'] }
  | { readonly type: 'started'; readonly step: StepId; readonly at: number }
  | { readonly type: 'moved'; readonly step: StepId; readonly fraction: number }
  | { readonly type: 'finished'; readonly step: StepId; readonly reused: boolean };

export const noProgress: Progress = {
  plan: [],
  done: new Map(),
  reused: new Set(),
  current: null,
  workSince: null,
};

export function reduceProgress(progress: Progress, change: ProgressChange): Progress {
  switch (change.type) {
    case 'plan':
      return { ...noProgress, plan: change.steps };
    case 'started':
      return { ...progress, current: change.step, workSince: progress.workSince ?? change.at };
    case 'moved': {
      // a step that counts down and up again must not make the bar jump back
      const before = progress.done.get(change.step) ?? 0;
      const fraction = Math.min(1, Math.max(before, Number.isFinite(change.fraction) ? change.fraction : 0));
      return { ...progress, current: change.step, done: new Map(progress.done).set(change.step, fraction) };
    }
    case 'finished':
      return {
        ...progress,
        done: new Map(progress.done).set(change.step, 1),
        reused: change.reused ? new Set(progress.reused).add(change.step) : progress.reused,
      };
  }
}

/** Below this share of the work the speed is noise: better no figure than a wild one. */
const leastShare = 0.01;

/** @returns fraction 0..1 over all steps; milliseconds left, null while that cannot be said */
export function estimate(progress: Progress, now: number): { fraction: number; etaMs: number | null } {
  let total = 0;
  let done = 0;
  let worked = 0;
  for (const { id, weight } of progress.plan) {
    const share = weight * (progress.done.get(id) ?? 0);
    total += weight;
    done += share;
    if (!progress.reused.has(id)) worked += share;
  }
  if (total <= 0) return { fraction: 0, etaMs: null };
  const isTooSoon = progress.workSince === null || worked / total < leastShare;
  return {
    fraction: done / total,
    etaMs: isTooSoon ? null : ((now - progress.workSince!) / worked) * (total - done),
  };
}
