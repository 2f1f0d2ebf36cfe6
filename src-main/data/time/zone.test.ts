import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from './resolution.ts';
import { formatLocal, isZone, utcToWall, wallToUtc } from './zone.ts';

const wall = (...texts: string[]): Float64Array => Float64Array.from(texts, (text) => Date.parse(`${text}Z`));
const iso = (utc: Float64Array): string[] => Array.from(utc, (ms) => new Date(ms).toISOString().slice(0, 16));

test('zones are IANA names or UTC', () => {
  expect(['UTC', 'Europe/Madrid', 'Asia/Seoul'].every(isZone)).toBe(true);
  expect(['', '+02:00', 'Europe/Nowhere', '12'].some(isZone)).toBe(false);
  expect(() => wallToUtc(wall('2024-01-01T00:00'), 'Europe/Nowhere')).toThrow(/Europe\/Nowhere/);
});

describe('the hour that never happened', () => {
  test('is reported, and its neighbours are right', () => {
    const stamps = wall('2024-03-31T01:45', '2024-03-31T02:00', '2024-03-31T02:59', '2024-03-31T03:00');
    const { utc, nonexistent, ambiguous } = wallToUtc(stamps, 'Europe/Madrid');
    expect(iso(utc)).toEqual([
      '2024-03-31T00:45',
      '2024-03-31T01:00',
      '2024-03-31T01:59',
      '2024-03-31T01:00',
    ]);
    expect(nonexistent).toEqual([1, 2]);
    expect(ambiguous).toEqual([]);
  });
});

describe('the hour that happened twice', () => {
  const expected = ['23:30', '00:00', '00:30', '01:00', '01:30', '02:00'];
  test.each([
    ['one pass after the other', ['01:30', '02:00', '02:30', '02:00', '02:30', '03:00'], expected],
    [
      'sorted by wall clock',
      ['01:30', '02:00', '02:00', '02:30', '02:30', '03:00'],
      ['23:30', '00:00', '01:00', '00:30', '01:30', '02:00'],
    ],
    ['newest first', ['03:00', '02:30', '02:00', '02:30', '02:00', '01:30'], expected.toReversed()],
    [
      'a hole in the second pass',
      ['01:30', '02:00', '02:30', '02:00', '03:00'],
      ['23:30', '00:00', '00:30', '01:00', '02:00'],
    ],
  ])('is told apart: %s', (_name, times, utcTimes) => {
    const { utc, ambiguous, resolved } = wallToUtc(
      wall(...times.map((time) => `2024-10-27T${time}`)),
      'Europe/Madrid',
    );
    expect(iso(utc).map((text) => text.slice(11))).toEqual(utcTimes);
    expect(ambiguous).toEqual([]);
    expect(resolved.length).toBe(times.filter((time) => time.startsWith('02')).length);
  });

  test('a single pass is reported as ambiguous', () => {
    const { utc, ambiguous } = wallToUtc(
      wall('2024-10-27T01:30', '2024-10-27T02:00', '2024-10-27T02:30', '2024-10-27T03:00'),
      'Europe/Madrid',
    );
    expect(ambiguous).toEqual([1, 2]);
    expect(utc[1]).toBe(Date.parse('2024-10-27T00:00Z'));
  });
});

test('zones without daylight saving and UTC have nothing to report', () => {
  const stamps = wall('2024-03-31T02:30', '2024-10-27T02:30');
  expect(iso(wallToUtc(stamps, 'UTC').utc)).toEqual(['2024-03-31T02:30', '2024-10-27T02:30']);
  const seoul = wallToUtc(stamps, 'Asia/Seoul');
  expect(iso(seoul.utc)).toEqual(['2024-03-30T17:30', '2024-10-26T17:30']);
  expect([...seoul.nonexistent, ...seoul.ambiguous]).toEqual([]);
});

test('unreadable stamps stay NaN', () => {
  const { utc } = wallToUtc(Float64Array.of(NaN, Date.parse('2024-07-01T12:00Z'), NaN), 'Europe/Berlin');
  expect([Number.isNaN(utc[0]), iso(utc.slice(1, 2))[0], Number.isNaN(utc[2])]).toEqual([
    true,
    '2024-07-01T10:00',
    true,
  ]);
  expect(utcToWall(Float64Array.of(NaN), 'Europe/Berlin')[0]).toBeNaN();
});

test('formatLocal writes the offset of the instant', () => {
  expect(formatLocal(Date.parse('2024-10-27T00:15Z'), 'Europe/Madrid')).toBe('2024-10-27T02:15:00+02:00');
  expect(formatLocal(Date.parse('2024-10-27T01:15Z'), 'Europe/Madrid')).toBe('2024-10-27T02:15:00+01:00');
  expect(formatLocal(Date.parse('2024-07-01T00:00Z'), 'America/St_Johns')).toBe('2024-06-30T21:30:00-02:30');
  expect(formatLocal(0, 'UTC')).toBe('1970-01-01T00:00:00Z');
  expect(formatLocal(NaN, 'UTC')).toBe('');
});

const zones = [
  'Europe/Madrid',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
];

test('agrees with Temporal in any zone at any time', () => {
  const from = Date.UTC(1985, 0, 1);
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.array(fc.integer({ min: 0, max: (45 * 365 * DAY) / MINUTE }), { minLength: 1, maxLength: 20 }),
      (zone, minutes) => {
        const utc = Float64Array.from(minutes, (minute) => from + minute * MINUTE);
        const local = utcToWall(utc, zone);
        utc.forEach((instant, i) => {
          const expected = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
          expect(local[i]).toBe(instant + expected.offsetNanoseconds / 1e6);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('a regular year written as wall clock in file order comes back exactly, in every zone', () => {
  for (const zone of zones) {
    const start = Date.UTC(2015, 0, 1);
    const utc = Float64Array.from({ length: (365 * DAY) / (15 * MINUTE) }, (_, i) => start + i * 15 * MINUTE);
    const back = wallToUtc(utcToWall(utc, zone), zone);
    expect(back.utc).toEqual(utc);
    expect([...back.nonexistent, ...back.ambiguous]).toEqual([]);
  }
});

test('writing stamp after stamp does not search the zone each time', () => {
  const begin = performance.now();
  for (let i = 0; i < 50_000; i++) formatLocal(Date.UTC(2030, 0, 1) + i * 15 * MINUTE, 'America/Santiago');
  expect(performance.now() - begin).toBeLessThan(2000);
});

test('a million rows take a moment', () => {
  const stamps = Float64Array.from({ length: 1_000_000 }, (_, i) => Date.UTC(1995, 0, 1) + i * 15 * MINUTE);
  const begin = performance.now();
  const { nonexistent } = wallToUtc(stamps, 'Europe/Madrid');
  expect(performance.now() - begin).toBeLessThan(2000);
  expect(nonexistent.length % (HOUR / (15 * MINUTE))).toBe(0);
});
