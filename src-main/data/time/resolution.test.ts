import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, fromIsoDuration, toIsoDuration } from './resolution.ts';

test.each([
  [15 * MINUTE, 'PT15M'],
  [5 * MINUTE, 'PT5M'],
  [HOUR, 'PT1H'],
  [90 * MINUTE, 'PT1H30M'],
  [DAY, 'P1D'],
  [7 * DAY, 'P7D'],
  [DAY + HOUR, 'P1DT1H'],
  [1000, 'PT1S'],
  [100, 'PT0.1S'],
])('%d ms is %s and back', (ms, text) => {
  expect(toIsoDuration(ms)).toBe(text);
  expect(fromIsoDuration(text)).toBe(ms);
});

test('weeks and decimal commas are read', () => {
  expect(fromIsoDuration('P1W')).toBe(7 * DAY);
  expect(fromIsoDuration('PT0,5H')).toBe(30 * MINUTE);
});

test.each(['', 'P', 'PT', '15min', 'P1M', 'P1Y', 'PT-5M'])('%s is refused', (text) => {
  expect(() => fromIsoDuration(text)).toThrow(/ISO 8601/);
});

test.each([0, -1, NaN, Infinity])('%d ms is refused', (ms) => {
  expect(() => toIsoDuration(ms)).toThrow(/longer than zero/);
});

test('every whole millisecond step survives the round trip', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 * DAY }), (ms) => fromIsoDuration(toIsoDuration(ms)) === ms),
  );
});
