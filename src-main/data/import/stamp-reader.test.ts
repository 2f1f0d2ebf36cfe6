import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StampReader, dayOfKey, stampsToMs } from './stamp-reader.ts';
import { UNREADABLE, YEAR_LAST, packKey, parseClock, parseStamp } from './stamp-text.ts';

const iso = (text: string, order: 'dmy' | 'mdy' | 'ymd' = 'dmy'): string | null => {
  const stamp = parseStamp(text);
  if (!stamp) return null;
  const ms = dayOfKey(stamp.key, order) + stamp.ms;
  return Number.isNaN(ms) ? 'no such day' : new Date(ms).toISOString().slice(0, 19);
};

describe('one stamp in every spelling', () => {
  test.each([
    ['31/12/2018 23:45', '2018-12-31T23:45:00'],
    ['31.12.2018 23:45:30', '2018-12-31T23:45:30'],
    ['31-12-2018', '2018-12-31T00:00:00'],
    ['1/2/2018 5:05', '2018-02-01T05:05:00'],
    ['31.12.18 24:00', '2019-01-01T00:00:00'],
    ['31.12.69', '2069-12-31T00:00:00'],
    ['31.12.70', '1970-12-31T00:00:00'],
    ['2018-12-31T23:45:00.500Z', '2018-12-31T23:45:00'],
    ['2018-12-31T23:45+01:00', '2018-12-31T22:45:00'],
    ['2018-12-31 23:45:00-0530', '2019-01-01T05:15:00'],
    ['2018-12-31 23:45 CET', '2018-12-31T22:45:00'],
    ['2018-12-31 23:45 UTC+2', '2018-12-31T21:45:00'],
    ['20181231', '2018-12-31T00:00:00'],
    ['201812312345', '2018-12-31T23:45:00'],
    ['20181231T234530Z', '2018-12-31T23:45:30'],
    ['2018-12', '2018-12-01T00:00:00'],
    ['31 Dec 2018 11:45 PM', '2018-12-31T23:45:00'],
    ['31-dic.-2018 23:45', '2018-12-31T23:45:00'],
    ['31. März 2018', '2018-03-31T00:00:00'],
    ['Dec 31, 2018 12:15:00 a.m.', '2018-12-31T00:15:00'],
    ['Mon 31/12/2018 23.45', '2018-12-31T23:45:00'],
    ['31/12/2018 23h45', '2018-12-31T23:45:00'],
    ['31.12.2018, 23:45 Uhr', '2018-12-31T23:45:00'],
    ['31/12/2018 2345', '2018-12-31T23:45:00'],
    ['29/02/2020', '2020-02-29T00:00:00'],
    ['29/02/2018', 'no such day'],
    ['31/04/2018', 'no such day'],
  ])('%s', (text, expected) => expect(iso(text)).toBe(expected));

  test.each([
    '',
    'Summe',
    '12',
    '3.14',
    '1,5',
    '12:30',
    '2018',
    'May',
    '2018-13-01',
    '31/12/2018 25:00',
    '31/12/2018 12:60',
    '31/12/2018 13:00 PM',
    '1.2.3.4',
    '10.0.0.1',
    '31/12/2018 abc',
    '00/00/18/1',
    '2018-01-01 10:00+99:00',
  ])("'%s' is none", (text) => expect(iso(text)).toBeNull());

  test('the order of day and month is left open', () => {
    expect(iso('03/04/2018', 'dmy')).toBe('2018-04-03T00:00:00');
    expect(iso('03/04/2018', 'mdy')).toBe('2018-03-04T00:00:00');
    expect(iso('18/03/04', 'ymd')).toBe('2018-03-04T00:00:00');
    expect(iso('2018-03-04', 'dmy')).toBe('2018-03-04T00:00:00');
  });
});

test.each([
  ['5:15', 18_900],
  ['05:15:30', 18_930],
  ['24:00', 86_400],
  ['12:00 AM', 0],
  ['12:30 pm', 45_000],
  ['0515', 18_900],
  ['5 PM', 61_200],
  ['17 Uhr', 61_200],
])('%s is a time of day', (text, seconds) => expect(parseClock(text)?.ms).toBe(seconds * 1000));

test.each(['', '5', '25:00', '24:01', '12:75', '13 PM', 'noon'])("'%s' is no time of day", (text) =>
  expect(parseClock(text)).toBeNull(),
);

test('the byte reader agrees with the plain one, on what is a stamp and on what is not', () => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const part = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map(String),
    fc.integer({ min: 0, max: 40 }).map(two),
  );
  const year = fc.oneof(
    fc.integer({ min: 900, max: 2200 }).map(String),
    fc.integer({ min: 0, max: 99 }).map(two),
  );
  const mark = fc.constantFrom('/', '-', '.', ':');
  const zone = fc.constantFrom(
    '',
    '',
    'Z',
    '+01:00',
    '-0530',
    '+02',
    ' +01:00',
    ' UTC',
    '+1:00',
    'z',
    '+25:00',
  );
  const clock = fc.oneof(
    fc.constant(''),
    fc
      .tuple(
        fc.constantFrom(' ', 'T', '  ', 't', ', '),
        fc.integer({ min: 0, max: 26 }),
        fc.integer({ min: 0, max: 61 }),
        fc.constantFrom('', ':05', ':59.5', ':07.123456', ':61', ':5', '.30'),
        fc.constantFrom('', ' AM', 'pm'),
      )
      .map(([gap, h, m, s, half]) => `${gap}${two(h)}:${two(m)}${s}${half}`),
  );
  const text = fc
    .tuple(part, year, mark, mark, part, clock, zone, fc.boolean())
    .map(([a, y, m1, m2, b, c, z, yearFirst]) =>
      yearFirst ? `${y}${m1}${a}${m2}${b}${c}${z}` : `${a}${m1}${b}${m2}${y}${c}${z}`,
    );
  const reader = new StampReader();
  fc.assert(
    fc.property(text, (stamp) => {
      const bytes = new TextEncoder().encode(`xx${stamp},`);
      reader.read(bytes, 2, bytes.length - 1);
      const plain = parseStamp(stamp);
      expect([stamp, reader.key]).toEqual([stamp, plain?.key ?? UNREADABLE]);
      if (plain)
        expect([stamp, reader.ms, reader.hasOffset]).toEqual([stamp, plain.ms, plain.offset !== null]);
      if (reader.fixed(bytes, 2) === stamp.length)
        expect([stamp, reader.key, reader.ms, reader.hasOffset]).toEqual([
          stamp,
          plain?.key,
          plain?.ms,
          false,
        ]);
    }),
    { numRuns: 3000 },
  );
});

test('fixed layouts are taken by the short cut', () => {
  const reader = new StampReader();
  for (const text of ['31/12/2018 23:45', '31.12.2018 24:00', '2018-12-31T23:45:59', '01-01-2000 00:00:00'])
    expect(reader.fixed(new TextEncoder().encode(`${text},`), 0)).toBe(text.length);
  for (const text of [
    '31/12/2018 24:01',
    '3/12/2018 23:45 ',
    '2018-13-31T23:45',
    'a1/12/2018 23:45',
    '31/12/2018 2a:45',
    '31/12/2018 23:60',
    '31/12/2018 25:00',
  ])
    expect(reader.fixed(new TextEncoder().encode(`${text},`), 0)).toBe(0);
});

test('keys become milliseconds, and days that do not exist NaN', () => {
  const keys = Int32Array.of(packKey(2018, 3, 4, YEAR_LAST), UNREADABLE, packKey(2018, 31, 2, YEAR_LAST));
  const ms = Int32Array.of(3_600_000, 0, 0);
  expect([...stampsToMs(keys, ms, 'dmy')]).toEqual([Date.UTC(2018, 3, 3, 1), NaN, NaN]);
  expect([...stampsToMs(keys, ms, 'mdy')]).toEqual([Date.UTC(2018, 2, 4, 1), NaN, NaN]);
});
