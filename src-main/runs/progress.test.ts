import { expect, test } from 'vitest';
import { estimate, noProgress, reduceProgress } from './progress.ts';
import type { ProgressChange } from './progress.ts';

const plan: ProgressChange = {
  type: 'plan',
  steps: [
    { id: 'load-data', weight: 1 },
    { id: 'train', weight: 8 },
    { id: 'evaluate', weight: 1 },
  ],
};
const after = (...changes: ProgressChange[]) => [plan, ...changes].reduce(reduceProgress, noProgress);

test('nothing is known before the first step moves', () => {
  expect(estimate(noProgress, 0)).toEqual({ fraction: 0, etaMs: null });
  expect(estimate(after({ type: 'started', step: 'load-data', at: 0 }), 500)).toEqual({
    fraction: 0,
    etaMs: null,
  });
});

test('the time left follows from the share done and the time it took', () => {
  const half = after(
    { type: 'started', step: 'load-data', at: 1000 },
    { type: 'finished', step: 'load-data', reused: false },
    { type: 'started', step: 'train', at: 2000 },
    { type: 'moved', step: 'train', fraction: 0.5 },
  );
  // 5 of 10 parts in 5 s: the other 5 take 5 s
  expect(estimate(half, 6000)).toEqual({ fraction: 0.5, etaMs: 5000 });
});

test('reused steps count as done, but not as fast', () => {
  const resumed = after(
    { type: 'finished', step: 'load-data', reused: true },
    { type: 'started', step: 'train', at: 0 },
    { type: 'moved', step: 'train', fraction: 0.25 },
  );
  // 2 parts in 4 s, 7 to go
  expect(estimate(resumed, 4000)).toEqual({ fraction: 0.3, etaMs: 14_000 });
});

test('the bar never goes back, and nonsense does not move it', () => {
  const there = after({ type: 'moved', step: 'train', fraction: 0.5 });
  for (const fraction of [0.2, Number.NaN, -3])
    expect(estimate(reduceProgress(there, { type: 'moved', step: 'train', fraction }), 0).fraction).toBe(0.4);
  expect(estimate(reduceProgress(there, { type: 'moved', step: 'train', fraction: 7 }), 0).fraction).toBe(
    0.8,
  );
});
