/**
 * @file One stamp as text, in every spelling the importer knows. The plain version: the byte reader in stamp-reader.ts is
 * held to it and hands over to it whatever it does not take itself.
 *
 * Day and month of `03/04/2018` stay apart until the whole column has been seen, so a stamp is first a key:
 *
 *   bits 0..6 second part, 7..13 first part, 14..27 year part, 28 year stands last, 29 all parts have two digits
 */
import { monthOf, offsetOf } from './months.ts';

export const YEAR_LAST = 1 << 28;
export const SHORT = 1 << 29;
export const UNREADABLE = -1;

export type DateOrder = 'dmy' | 'mdy' | 'ymd';

export interface Stamp {
  /** see the file comment */
  readonly key: number;
  /** since local midnight, offset already taken off; 86,400,000 for `24:00` */
  readonly ms: number;
  /** ms east of Greenwich that the text itself states, else null */
  readonly offset: number | null;
  readonly hasTime: boolean;
}

const clock =
  /^(\d{1,2})(?:\s*[:.h]\s*(\d{1,2})(?:\s*[:.m]\s*(\d{1,2})(?:[.,:](\d{1,9}))?)?)?\s*(?:h(?:rs?)?|uhr|s)?\s*([ap]\.?\s?m\.?)?\s*([A-Za-z]{1,4}(?:[-+]\d{1,2}(?::?\d{2})?)?|[-+\u2212]\d{1,2}(?::?\d{2})?)?$/i;
const clockDigits = /^(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[-+]\d{2}:?\d{2})?$/i;

/** Milliseconds since midnight of `5:15`, `05:15:30.5 pm`, `24:00`, `0515`; null for what is no time of day. */
export function parseClock(text: string): { ms: number; offset: number | null } | null {
  const trimmed = text.trim();
  const match = clock.exec(trimmed);
  // a lone number is a time only where something says so
  if (
    match &&
    (match[2] !== undefined || match[5] || /[h]|uhr|z$/i.test(trimmed) || /[-+]\d\d:?\d\d$/.test(trimmed))
  )
    return clockMs(match[1], match[2] ?? '0', match[3], match[4], match[5], match[6]);
  const digits = clockDigits.exec(trimmed);
  return digits ? clockMs(digits[1], digits[2], digits[3], digits[4], undefined, digits[5]) : null;
}

function clockMs(
  hour: string,
  minute: string,
  second: string | undefined,
  fraction: string | undefined,
  half: string | undefined,
  zone: string | undefined,
): { ms: number; offset: number | null } | null {
  let h = Number(hour);
  const m = Number(minute);
  const s = Number(second ?? 0);
  if (half) {
    if (h < 1 || h > 12) return null;
    h = (h % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  const sub = fraction ? Math.round(Number(`0.${fraction}`) * 1000) : 0;
  if (h > 24 || m > 59 || s > 59 || (h === 24 && (m > 0 || s > 0))) return null;
  const offset = zone === undefined ? null : offsetOf(zone);
  if (offset === undefined) return null;
  return { ms: ((h * 60 + m) * 60 + s) * 1000 + sub, offset };
}

export const packKey = (year: number, first: number, second: number, flags: number): number =>
  (year << 14) | (first << 7) | second | flags;

const numeric = /^(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?![\d])(.*)$/s;
const compact = /^(\d{4})(\d{2})(\d{2})(?:[T\s_-]?(\d{2})(\d{2})(\d{2})?)?(Z|[-+]\d{2}:?\d{2})?$/i;
const yearMonth = /^(\d{4})[-/](\d{2})$/;
const dayName = /^[A-Za-zÀ-ÿ]{2,12}\.?,?\s+/;
const named: readonly { readonly at: RegExp; readonly parts: readonly [number, number, number] }[] = [
  {
    at: /^(\d{1,2})(?:st|nd|rd|th|\.)?[\s\-/.]*(?:de\s+)?([A-Za-zÀ-ÿ]{3,10})\.?[\s\-/.,]*(?:de[l]?\s+)?(\d{4}|\d{2})(?!\d)(.*)$/s,
    parts: [3, 2, 1],
  },
  { at: /^([A-Za-zÀ-ÿ]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)(.*)$/s, parts: [3, 1, 2] },
  { at: /^(\d{4})[\s\-/.]([A-Za-zÀ-ÿ]{3,10})\.?[\s\-/.](\d{1,2})(?!\d)(.*)$/s, parts: [1, 2, 3] },
];

/** A date with or without a time of day; null for what is none. Validity of the day is judged when the order is known. */
export function parseStamp(text: string): Stamp | null {
  let trimmed = text.trim();
  const prefix = dayName.exec(trimmed);
  if (prefix && monthOf(prefix[0].trim().replace(/[.,]+$/, '')) === undefined)
    trimmed = trimmed.slice(prefix[0].length);
  const groups = numeric.exec(trimmed);
  if (groups) return withTime(numericKey(groups[1], groups[3], groups[4]), groups[5]);
  const packed = compact.exec(trimmed);
  if (packed) {
    const [, year, month, day, hour, minute, second, zone] = packed;
    const date = calendarKey(Number(year), Number(month), Number(day));
    if (hour === undefined) return withTime(date, zone === undefined ? '' : 'none');
    const time = clockMs(hour, minute, second, undefined, undefined, zone);
    return date === UNREADABLE || !time ? null : finish(date, time, true);
  }
  const month = yearMonth.exec(trimmed);
  if (month) return withTime(calendarKey(Number(month[1]), Number(month[2]), 1), '');
  for (const { at, parts } of named) {
    const match = at.exec(trimmed);
    const monthNumber = match ? monthOf(match[parts[1]]) : undefined;
    if (match && monthNumber !== undefined)
      return withTime(
        calendarKey(fullYear(Number(match[parts[0]])), monthNumber, Number(match[parts[2]])),
        match[4],
      );
  }
  return null;
}

/** 2-digit years: 70..99 are 19xx, 00..69 are 20xx. */
export const fullYear = (year: number): number =>
  year >= 100 ? year : year < 70 ? 2000 + year : 1900 + year;

function calendarKey(year: number, month: number, day: number): number {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && year >= 1000
    ? packKey(year, month, day, 0)
    : UNREADABLE;
}

function numericKey(one: string, two: string, three: string): number {
  if (one.length === 4 && three.length <= 2) return calendarKey(Number(one), Number(two), Number(three));
  if (one.length > 2) return UNREADABLE;
  const first = Number(one);
  const second = Number(two);
  if (three.length === 4)
    return Number(three) >= 1000 ? packKey(Number(three), first, second, YEAR_LAST) : UNREADABLE;
  return three.length <= 2 ? packKey(Number(three), first, second, SHORT) : UNREADABLE;
}

function withTime(key: number, rest: string): Stamp | null {
  if (key === UNREADABLE) return null;
  const tail = rest.replace(/^\s*[T,;_-]?\s*(?:a las |um |at )?/i, '').trim();
  if (tail === '') return { key, ms: 0, offset: null, hasTime: false };
  const time = parseClock(tail) ?? (/^\d{1,2}$/.test(tail) ? parseClock(`${tail}:00`) : null);
  return time ? finish(key, time, true) : null;
}

function finish(key: number, time: { ms: number; offset: number | null }, hasTime: boolean): Stamp {
  return { key, ms: time.ms - (time.offset ?? 0), offset: time.offset, hasTime };
}
