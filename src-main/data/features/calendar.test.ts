import { describe, expect, test } from 'vitest';
import type { Frame } from '../frame.ts';
import { buildCalendar } from './calendar.ts';

const quarter = 900_000;
const day = 86_400_000;

function axis(startUtc: number, rows: number, resolutionMs: number, timezone: string): Frame {
  return {
    time: Float64Array.from({ length: rows }, (_, i) => startUtc + i * resolutionMs),
    resolutionMs,
    timezone,
    columns: [],
  };
}

/** Row of an instant. */
const rowAt = (frame: Frame, iso: string): number => (Date.parse(iso) - frame.time[0]) / frame.resolutionMs;
const none = new Int32Array(0);

describe('links follow the local clock', () => {
  // Madrid went to summer time on 31 March 2024 at 01:00Z and back on 27 October 2024 at 01:00Z
  const frame = axis(Date.parse('2024-03-01T00:00Z') - 3_600_000, 96 * 300, quarter, 'Europe/Madrid');
  const calendar = buildCalendar(frame, 0, none);

  test.each([
    ['a plain day is 96 quarters', '2024-03-20T08:00+01:00', '2024-03-19T08:00+01:00', 96],
    ['the day of 23 hours is 92', '2024-03-31T08:00+02:00', '2024-03-30T08:00+01:00', 92],
    ['the day of 25 hours is 100', '2024-10-27T08:00+01:00', '2024-10-26T08:00+02:00', 100],
  ])('%s', (_name, at, before, steps) => {
    const row = rowAt(frame, at);
    expect(calendar.previousDay[row]).toBe(rowAt(frame, before));
    expect(row - calendar.previousDay[row]).toBe(steps);
  });

  test('a week over the change is the same local time', () => {
    expect(calendar.previousWeek[rowAt(frame, '2024-04-02T17:30+02:00')]).toBe(
      rowAt(frame, '2024-03-26T17:30+01:00'),
    );
  });

  test('a time that the clock skipped takes the last slot before it', () => {
    // 02:30 on 1 April; on 31 March the clock went from 02:00 to 03:00
    const row = calendar.previousDay[rowAt(frame, '2024-04-01T02:30+02:00')];
    expect(row).toBe(rowAt(frame, '2024-03-31T01:45+01:00'));
  });

  test('both passes of the repeated hour look back at one row, and the next day looks at the first pass', () => {
    const first = rowAt(frame, '2024-10-27T02:30+02:00');
    const second = rowAt(frame, '2024-10-27T02:30+01:00');
    expect(second - first).toBe(4);
    expect(calendar.previousDay[second]).toBe(calendar.previousDay[first]);
    expect(calendar.previousDay[rowAt(frame, '2024-10-28T02:30+01:00')]).toBe(first);
  });

  test('links always point back', () => {
    for (const link of [calendar.previousDay, calendar.previousWeek, calendar.previousSameType])
      expect(link.every((row, i) => row < i)).toBe(true);
  });
});

test('types of day: Monday looks at Friday, a holiday at the last Sunday', () => {
  const frame = axis(Date.parse('2024-04-22T00:00Z'), 24 * 21, 3_600_000, 'UTC');
  const holiday = Date.parse('2024-05-01T00:00Z') / day; // a Wednesday
  const calendar = buildCalendar(frame, 0, Int32Array.of(holiday));
  const noon = (date: string): number => rowAt(frame, `${date}T12:00Z`);
  expect(calendar.previousSameType[noon('2024-04-29')]).toBe(noon('2024-04-26'));
  expect(calendar.previousSameType[noon('2024-05-01')]).toBe(noon('2024-04-28'));
  expect(calendar.previousSameType[noon('2024-05-02')]).toBe(noon('2024-04-30'));
  expect(
    [...'2024-04-30 2024-05-01 2024-05-02'.split(' ')].map((date) => calendar.holiday[noon(date)]),
  ).toEqual([0, 1, 0]);
  expect(calendar.beforeHoliday[noon('2024-04-30')]).toBe(1);
  expect(calendar.afterHoliday[noon('2024-05-02')]).toBe(1);
  expect(calendar.weekday[noon('2024-05-01')]).toBe(2);
});

test('rows beyond the frame go on with the clock', () => {
  const frame = axis(Date.parse('2024-03-30T00:00Z'), 96, quarter, 'Europe/Madrid');
  const calendar = buildCalendar(frame, 96, none);
  expect(calendar.rows).toBe(192);
  expect(calendar.hour[96 + 3]).toBe(1.75);
  expect(calendar.hour[96 + 4]).toBe(3);
});

test.each([
  ['days', day, 1],
  ['weeks', 7 * day, 1],
  ['half hours', 1_800_000, 48],
  ['seven minutes', 420_000, 206],
])('a grid of %s', (_name, resolutionMs, slots) => {
  const calendar = buildCalendar(axis(Date.parse('2024-01-01T00:00Z'), 500, resolutionMs, 'UTC'), 10, none);
  expect(calendar.slotsPerDay).toBe(slots);
  if (resolutionMs <= day) expect(calendar.previousDay[499]).toBeGreaterThan(0);
  if (resolutionMs === 7 * day) expect(calendar.previousWeek[400]).toBe(399);
});
