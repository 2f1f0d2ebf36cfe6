import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createThrottle } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first and the last of a burst arrive, and ten a second between', () => {
  const sent: number[] = [];
  const throttle = createThrottle<number>((value) => sent.push(value), 100);
  for (let at = 0; at < 1000; at += 10) {
    throttle.push(at);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(100);
  expect(sent[0]).toBe(0);
  expect(sent.at(-1)).toBe(990);
  expect(sent.length).toBeGreaterThanOrEqual(10);
  expect(sent.length).toBeLessThanOrEqual(11);
});

test('nothing comes after it is cleared; flush sends what is held', () => {
  const sent: string[] = [];
  const throttle = createThrottle<string>((value) => sent.push(value), 100);
  throttle.push('a');
  throttle.push('b');
  throttle.clear();
  vi.advanceTimersByTime(500);
  expect(sent).toEqual(['a']);
  throttle.push('c');
  throttle.push('d');
  throttle.flush();
  expect(sent).toEqual(['a', 'c', 'd']);
});
