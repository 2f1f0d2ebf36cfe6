import { expect, test } from 'vitest';
import { createMeter } from './meter.ts';

test('the speed of the last seconds, and what is left by it', () => {
  const meter = createMeter(() => 100_000);
  expect(meter.at(0, 0)).toEqual({ bytesPerSecond: null, etaMs: null });
  expect(meter.at(500, 500).bytesPerSecond).toBe(null);
  expect(meter.at(1000, 1000)).toEqual({ bytesPerSecond: 1000, etaMs: 99_000 });
  // ten times as fast from here on: after the window only that counts
  for (let s = 2; s <= 9; s += 1) meter.at(1000 + (s - 1) * 10_000, s * 1000);
  expect(meter.at(91_000, 10_000).bytesPerSecond).toBeCloseTo(10_000, 6);
});

test('what was there before a download goes on is no speed, and a stop is no time', () => {
  const meter = createMeter(() => 1000);
  meter.at(900, 0);
  expect(meter.at(950, 1000)).toEqual({ bytesPerSecond: 50, etaMs: 1000 });
  // from the beginning again
  expect(meter.at(0, 1100).bytesPerSecond).toBe(null);
  expect(meter.at(0, 2100)).toEqual({ bytesPerSecond: 0, etaMs: null });
});

test('no total, no time left', () => {
  const meter = createMeter(() => null);
  meter.at(0, 0);
  expect(meter.at(1000, 1000)).toEqual({ bytesPerSecond: 1000, etaMs: null });
});
