import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../src-preload/contract/index.ts';
import { endOf, startOf } from './time-range.ts';

const utc = (text: string): number => Date.parse(text);
const quarter = 900_000;

describe('time range', () => {
  it.each([
    ['2018-10-20', 'UTC', '2018-10-20T00:00:00Z'],
    ['2018-10-20', 'Europe/Madrid', '2018-10-19T22:00:00Z'],
    ['2018-12-20', 'Europe/Madrid', '2018-12-19T23:00:00Z'],
    ['2018-10-20T06:15', 'Asia/Seoul', '2018-10-19T21:15:00Z'],
    ['2018-10-20 06:15', 'Asia/Seoul', '2018-10-19T21:15:00Z'],
    ['2018-10-20T06:15:00Z', 'Asia/Seoul', '2018-10-20T06:15:00Z'],
    ['2018-10-20T06:15+02:00', 'Asia/Seoul', '2018-10-20T04:15:00Z'],
    ['2018-10-20T06:15+0200', 'Asia/Seoul', '2018-10-20T04:15:00Z'],
  ])('%s in %s begins at %s', (text, zone, expected) => {
    expect(startOf(text, zone, 'from')).toBe(utc(expected));
  });

  it('ends a day at the next local midnight, whatever the clock did', () => {
    // 28 October 2018 had 25 hours in Madrid, 25 March 23
    expect(
      endOf('2018-10-28', 'Europe/Madrid', quarter, 'to') - startOf('2018-10-28', 'Europe/Madrid', 'to'),
    ).toBe(25 * 4 * quarter);
    expect(
      endOf('2018-03-25', 'Europe/Madrid', quarter, 'to') - startOf('2018-03-25', 'Europe/Madrid', 'to'),
    ).toBe(23 * 4 * quarter);
  });

  it('ends an instant behind its interval', () => {
    expect(endOf('2018-10-20T06:15', 'UTC', quarter, 'to')).toBe(utc('2018-10-20T06:30:00Z'));
  });

  it.each(['20/10/2018', '2018-13-01', '2018-02-30', 'tomorrow', ''])('refuses "%s"', (text) => {
    try {
      startOf(text, 'UTC', 'data.from');
      throw new Error('nothing was thrown');
    } catch (error) {
      expect(error as AppError).toMatchObject({ code: 'invalid-date', place: { key: 'data.from' } });
    }
  });
});
