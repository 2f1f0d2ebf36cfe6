import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBatcher } from './events.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a burst is one batch, in order', () => {
  const batches: (readonly number[])[] = [];
  const batcher = createBatcher<number>((items) => batches.push(items), 100);
  for (let i = 0; i < 1000; i += 1) batcher.add(i);
  vi.advanceTimersByTime(99);
  expect(batches).toHaveLength(0);
  vi.advanceTimersByTime(1);
  expect(batches).toHaveLength(1);
  expect(batches[0]).toHaveLength(1000);
  batcher.add(7);
  vi.advanceTimersByTime(100);
  expect(batches[1]).toEqual([7]);
});

test('what waits is dropped when stopped', () => {
  const batches: (readonly number[])[] = [];
  const batcher = createBatcher<number>((items) => batches.push(items), 100);
  batcher.add(1);
  batcher.stop();
  vi.advanceTimersByTime(1000);
  expect(batches).toEqual([]);
});
