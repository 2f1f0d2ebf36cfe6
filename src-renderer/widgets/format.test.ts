import { describe, expect, test } from 'vitest';
import { createFormatter, decimalsFor, isoDurationMs, noValue } from './format.ts';
import { localeFor } from './use-format.ts';

/** Intl writes several kinds of space; tests are about figures. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f\u2009]/g, ' ');

const en = createFormatter('en-GB');
const es = createFormatter('es');

describe('numbers', () => {
  test.each([
    [35_040, '35,040', '35.040'],
    [27.387, '27.39', '27,39'],
    [0.0123, '0.0123', '0,0123'],
    [157.18, '157.2', '157,2'],
    [-0.5, '-0.50', '-0,50'],
  ])('%d', (value, english, spanish) => {
    expect(en.number(value)).toBe(english);
    expect(es.number(value)).toBe(spanish);
  });

  test('minus zero has no sign and a missing value is a dash', () => {
    expect(en.number(-0)).toBe('0');
    expect([en.number(null), en.number(undefined), en.number(Number.NaN), en.unit(null, 'kW')]).toEqual(
      Array.from({ length: 4 }, () => noValue),
    );
  });

  test('a unit is joined by a space that does not break', () => {
    expect(en.unit(12.5, 'kWh')).toBe('12.50\u00a0kWh');
    expect(en.unit(12.5, null)).toBe('12.50');
  });

  test('precision follows the size of the value', () => {
    expect([0, 5, 1234.5, 123.45, 1.5, 0.5, 0.001234].map(decimalsFor)).toEqual([0, 0, 0, 1, 2, 3, 5]);
  });
});

test('shares are per cent, errors carry the unit of the target', () => {
  expect(plain(en.metric('wape', 0.1234, 'kWh'))).toBe('12.3%');
  expect(plain(es.metric('coverage80', 0.8, null))).toBe('80,0 %');
  expect(plain(en.metric('rmse', 17.8, 'kWh'))).toBe('17.80 kWh');
  expect(en.metric('r2', 0.71234, 'kWh')).toBe('0.712');
  expect(en.metric('mae', null, 'kWh')).toBe(noValue);
});

test.each([
  [850, '850 ms'],
  [12_400, '12.4 s'],
  [59_400, '59 s'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [7_199_999, '2 h'],
  [273_600_000, '3 d 4 h'],
])('a duration of %d ms is %s', (ms, text) => {
  expect(plain(en.duration(ms))).toBe(text);
});

test.each([
  [900_000, '15 minutes', '15 minutos'],
  [3_600_000, '60 minutes', '60 minutos'],
  [5_400_000, '90 minutes', '90 minutos'],
  [86_400_000, '24 hours', '24 horas'],
  [90_000_000, '25 hours', '25 horas'],
  [604_800_000, '7 days', '7 días'],
])('a span of %d ms in words', (ms, english, spanish) => {
  expect(plain(en.span(ms))).toBe(english);
  expect(plain(es.span(ms))).toBe(spanish);
});

test('the step of a series is said as people say it', () => {
  expect(['PT15M', 'PT1H', 'P1D', 'PT30S', 'odd'].map((iso) => plain(en.resolution(iso)))).toEqual([
    '15 min',
    '1 h',
    '1 d',
    '30 s',
    'odd',
  ]);
  expect(en.resolution(null)).toBe(noValue);
  expect([isoDurationMs('PT15M'), isoDurationMs('P1DT6H')]).toEqual([900_000, 108_000_000]);
  expect([isoDurationMs('P'), isoDurationMs('PT'), isoDurationMs('15 min')]).toEqual([NaN, NaN, NaN]);
});

test('instants are written in the zone of the data', () => {
  // 01:30 UTC on a summer night is still the hour before three in Madrid and half past ten in Seoul
  const instant = Date.UTC(2018, 6, 1, 1, 30);
  expect(en.dateTime(instant, 'Europe/Madrid')).toBe('1 Jul 2018, 03:30');
  expect(en.dateTime(instant, 'Asia/Seoul')).toBe('1 Jul 2018, 10:30');
  expect(en.date(Date.UTC(2018, 0, 1, 23), 'Asia/Seoul')).toBe('2 Jan 2018');
  expect(en.time(instant, 'not/a-zone')).toBe('01:30');
  expect(plain(en.dateRange(Date.UTC(2018, 0, 1), Date.UTC(2018, 11, 31), 'UTC'))).toMatch(
    /1 Jan.*31 Dec 2018/,
  );
});

test('the past is told by its distance', () => {
  const now = Date.UTC(2020, 0, 1);
  expect(en.ago(now - 180_000, now)).toBe('3 minutes ago');
  expect(es.ago(now - 86_400_000, now)).toBe('ayer');
  expect(en.ago(now - 500, now)).toBe('now');
});

test('bytes step by thousands', () => {
  expect([0, 999, 2_731_389, 182e9].map((n) => plain(en.bytes(n)))).toEqual([
    '0 B',
    '999 B',
    '2.7 MB',
    '182 GB',
  ]);
});

test('weekdays begin on Monday', () => {
  expect([0, 6].map((i) => en.weekday(i, 'long'))).toEqual(['Monday', 'Sunday']);
  expect(es.weekday(0, 'long')).toBe('lunes');
});

test('the region of the machine decides how the language writes', () => {
  expect(localeFor('en', ['de-DE', 'en-GB'])).toBe('en-GB');
  expect(localeFor('es', ['en-US'])).toBe('es');
});
