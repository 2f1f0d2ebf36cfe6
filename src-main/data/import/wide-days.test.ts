import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse } from '../analysis/analyse.ts';
import { wallToUtc } from '../time/zone.ts';
import { parseFile } from './parse.ts';
import { unpivot, wideSlots } from './wide-days.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `H${i + 1}`);
const timed = Array.from({ length: 24 }, (_, i) => `${String(i).padStart(2, '0')}:00`);

/** Days from `first` on with so many readings each, 0, 1, 2 …; the rest of the row is blank. */
function read(first: number, hours: readonly number[], headers: readonly string[], zone?: string) {
  const days = Float64Array.from(hours, (_, i) => first + i * DAY);
  const slots = headers.map((_, k) => Float64Array.from(hours, (count) => (k < count ? k : NaN)));
  return unpivot(days, slots, wideSlots(headers)!, zone);
}
const hoursOf = (time: Float64Array, day: number): number[] =>
  Array.from(
    time.filter((ms) => ms >= day && ms < day + DAY),
    (ms) => (ms - day) / HOUR,
  );
const all = Array.from({ length: 24 }, (_, hour) => hour);
const without = (gone: number): number[] => all.filter((hour) => hour !== gone);
const twice = (hour: number): number[] => all.flatMap((h) => (h === hour ? [h, h] : [h]));

describe('counted hours by a zone', () => {
  test.each([
    ['Europe/Madrid', Date.UTC(2024, 2, 31), 23, without(2)],
    ['Europe/Lisbon', Date.UTC(2024, 2, 31), 23, without(1)],
    ['Europe/Lisbon', Date.UTC(2024, 9, 27), 25, twice(1)],
    ['America/New_York', Date.UTC(2024, 10, 3), 25, twice(1)],
    ['America/Santiago', Date.UTC(2024, 8, 8), 23, without(0)],
    ['Europe/Madrid', Date.UTC(2024, 9, 27), 25, twice(2)],
  ])('%s: a day of %d with %d hours', (zone, day, count, expected) => {
    const { time } = read(day - DAY, [24, count, 24], names(25), zone);
    expect(hoursOf(time, day)).toEqual(expected);
    expect(hoursOf(time, day - DAY)).toEqual(all);
    expect(hoursOf(time, day + DAY)).toEqual(all);
    // 24 columns have room for the short day as well
    if (count === 23) expect(hoursOf(read(day, [23], names(24), zone).time, day)).toEqual(expected);
  });

  test('24 hours written on a day of 23 or 25 are clock hours, and a last hour that is missing is no change', () => {
    const spring = Date.UTC(2024, 2, 31);
    expect(hoursOf(read(spring, [24], names(24), 'Europe/Madrid').time, spring)).toEqual(all);
    const ordinary = Date.UTC(2024, 5, 5);
    const { time, values } = read(ordinary, [23], names(25), 'Europe/Madrid');
    expect(hoursOf(time, ordinary)).toEqual(all);
    expect(values.at(-1)).toBeNaN();
  });
});

test('the blank under a time that a zone skips is left out, a reading there is not', () => {
  const day = Date.UTC(2024, 2, 31);
  const wide = wideSlots(timed)!;
  const slots = timed.map((_, k) => Float64Array.of(k === 2 ? NaN : k, k));
  const { time } = unpivot(Float64Array.of(day, day), slots, wide, 'Europe/Madrid');
  expect(time.length).toBe(23 + 24);
  expect(hoursOf(time.slice(0, 23), day)).toEqual(without(2));
});

test.each(['Europe/Lisbon', 'America/Santiago'])('a year of %s in days comes in whole', async (zone) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-wide-'));
  try {
    const lines = [`date;${names(25).join(';')}`];
    for (let day = Date.UTC(2024, 0, 1); day < Date.UTC(2025, 0, 1); day += DAY) {
      const [begins, ends] = wallToUtc(Float64Array.of(day, day + DAY), zone).utc;
      const cells = names(25).map((_, k) =>
        begins + k * HOUR < ends ? 1 + ((begins / HOUR + k) % 10_007) : '',
      );
      lines.push(`${new Date(day).toISOString().slice(0, 10)};${cells.join(';')}`);
    }
    const file = path.join(folder, 'year.csv');
    writeFileSync(file, lines.join('\n') + '\n');
    const options = { timezone: zone };
    const raw = await parseFile(file, options, () => undefined);
    const { rows, profile, frames } = analyse(raw, options, () => undefined);
    expect([rows, profile?.gapSteps, profile?.duplicates]).toEqual([366 * 24, 0, 0]);
    const [column] = frames[0].frame.columns;
    if (column.type !== 'number') throw new Error('no numbers');
    const hour = frames[0].frame.time.map((time) => 1 + ((time / HOUR) % 10_007));
    expect(column.values).toEqual(hour);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
