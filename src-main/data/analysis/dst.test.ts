import { describe, expect, test } from 'vitest';
import type { ImportOptions } from '../../../src-preload/contract/index.ts';
import { utcToWall } from '../time/zone.ts';
import { analyse } from './analyse.ts';
import { loadOf, rawTable, stamps } from './raw-fixture.ts';
import type { Analysis } from './types.ts';

const HOUR = 3_600_000;
const look = (wall: Float64Array, load: Float64Array, options: ImportOptions = {}): Analysis =>
  analyse(rawTable(wall, { load_kW: load }), options, () => undefined);
const codes = (list: readonly { code: string }[]): string[] => list.map(({ code }) => code);

/** True instants of a year of quarter hours, and the clock on a wall in `zone`, as a logger there writes it. */
const utc = stamps('2023-12-31T23:00', 366 * 96);
const load = loadOf(utc);
const berlin = utcToWall(utc, 'Europe/Berlin');

describe('a wall clock with daylight saving and no zone', () => {
  const found = look(berlin, load);
  test('is recognised by the missing and the repeated hour', () => {
    expect(found.timezone).toBe('Europe/Berlin');
    expect(found.repairs).toMatchObject([
      { code: 'dst-gap', applied: true, details: { zone: 'Europe/Berlin' } },
      { code: 'dst-repeat', applied: true, rows: 8 },
    ]);
    expect(codes(found.warnings)).toEqual(expect.arrayContaining(['dst-gap', 'dst-repeat']));
    expect(found.questions).toMatchObject([{ code: 'timezone', blocking: false }]);
    expect(found.questions[0].choices.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['Europe/Berlin', 'Europe/Madrid', 'UTC']),
    );
  });
  test('keeps every reading of the 23 and 25 hour days', () => {
    expect(found.frames[0].frame.time).toEqual(utc);
    expect(found.profile).toMatchObject({ gapSteps: 0, duplicates: 0 });
  });
  test('without the repair the second hour counts as duplicates and the first as a gap, and both are said', () => {
    const kept = look(berlin, load, { repairs: 'none' });
    expect(kept.timezone).toBe('UTC');
    expect(kept.profile).toMatchObject({ gapSteps: 4, duplicates: 4 });
    expect(codes(kept.warnings)).toEqual(expect.arrayContaining(['dst-gap', 'dst-repeat', 'duplicates']));
  });
  test('UTC given by the user stands', () => {
    expect(look(berlin, load, { timezone: 'UTC' }).timezone).toBe('UTC');
  });
});

test.each(['Europe/London', 'Europe/Athens', 'America/New_York', 'Australia/Sydney', 'Pacific/Auckland'])(
  '%s is told from the others',
  (zone) => expect(look(utcToWall(utc, zone), load).timezone).toBe(zone),
);

test('a clock without changes is kept, and the zones that have them are excluded', () => {
  const found = look(utcToWall(utc, 'Asia/Seoul'), load);
  expect(found.timezone).toBe('UTC');
  expect(found.repairs).toEqual([]);
  const offered = found.questions[0].choices.map(({ value }) => value);
  expect(offered).toContain('Asia/Seoul');
  expect(offered).not.toContain('Europe/Berlin');
});

test('a gap of hours over the change is no proof of anything', () => {
  const keep = (_: number, i: number): boolean => Math.abs(utc[i] - Date.UTC(2024, 2, 31, 1)) > 5 * HOUR;
  const seoul = utcToWall(utc, 'Asia/Seoul').map((ms) => ms - 8 * HOUR);
  const found = look(seoul.filter(keep), load.filter(keep));
  expect(found.timezone).toBe('UTC');
});

describe('a zone given', () => {
  test('reads both passes by their order, and reports them', () => {
    const found = look(berlin, load, { timezone: 'Europe/Berlin' });
    expect(found.frames[0].frame.time).toEqual(utc);
    expect(found.warnings.find(({ code }) => code === 'dst-repeat')).toMatchObject({ rows: 8 });
    expect(found.repairs).toEqual([]);
  });
  test('ending stamps around the changes, written as instants', () => {
    const ends = utcToWall(
      utc.map((ms) => ms + 900_000),
      'Europe/Berlin',
    );
    expect(look(ends, load, { timezone: 'Europe/Berlin', stamps: 'ending' }).frames[0].frame.time).toEqual(
      utc,
    );
  });
  test('ending stamps around the changes, written as the clock of the beginning plus a step', () => {
    const ends = berlin.map((ms) => ms + 900_000);
    expect(look(ends, load, { timezone: 'Europe/Berlin', stamps: 'ending' }).frames[0].frame.time).toEqual(
      utc,
    );
  });
  test('rows at times that never were are reported, with a zone that fits', () => {
    const standard = utc.map((ms) => ms + HOUR);
    const found = look(standard, load, { timezone: 'Europe/Berlin' });
    const gap = found.warnings.find(({ code }) => code === 'dst-gap')!;
    expect(gap.rows).toBe(4);
    expect(gap.hint).toContain('Etc/GMT-1');
    expect(codes(found.warnings)).toContain('dst-repeat');
    const fixed = look(standard, load, { timezone: 'Etc/GMT-1' });
    expect(fixed.frames[0].frame.time).toEqual(utc);
  });
  test('an unknown zone is an error', () => {
    expect(() => look(berlin, load, { timezone: 'Europe/Berlín' })).toThrowError(
      expect.objectContaining({ code: 'unknown-timezone' }),
    );
  });
});
