import { expect, test } from 'vitest';
import { offsetAt, tickText, timeTicks } from './curve-ticks.ts';

const at = (iso: string) => Date.parse(iso);

test('one tick per local midnight, also in the week the clock changes', () => {
  // Madrid went back on 28 Oct 2018: that day has 25 hours
  const ticks = timeTicks(at('2018-10-26T00:00Z'), at('2018-10-31T00:00Z'), 'Europe/Madrid', 6);
  expect(ticks.map((t) => new Date(t).toISOString().slice(0, 16))).toEqual([
    '2018-10-26T22:00',
    '2018-10-27T22:00',
    '2018-10-28T23:00',
    '2018-10-29T23:00',
    '2018-10-30T23:00',
  ]);
  expect(ticks.map((t) => tickText(t, 'Europe/Madrid', 'en-GB'))[1]).toBe('28 Oct');
});

test('a day is told in hours of the local clock', () => {
  const from = at('2018-06-01T15:00Z'); // midnight in Seoul
  const ticks = timeTicks(from, from + 86_400_000, 'Asia/Seoul', 8);
  expect(ticks).toHaveLength(9);
  expect(ticks.map((t) => tickText(t, 'Asia/Seoul', 'en-GB')).slice(0, 3)).toEqual([
    '2 Jun',
    '03:00',
    '06:00',
  ]);
});

test.each([1, 3, 8, 20])('never more than asked, by one: %i', (most) => {
  for (const days of [0.1, 1, 9, 40, 400, 4000])
    expect(timeTicks(0, days * 86_400_000, 'UTC', most).length).toBeLessThanOrEqual(most + 1);
});

test('an empty range has no ticks; an unknown zone is read as UTC', () => {
  expect(timeTicks(5, 5, 'UTC', 5)).toEqual([]);
  expect(offsetAt(0, 'Mars/Base')).toBe(0);
});
