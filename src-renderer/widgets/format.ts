/**
 * @file Every figure on screen is written here: by language, with unit, in the zone of the data.
 * Pure; components take the formatter of the language in use from `useFormat()`.
 */
import type { MetricName } from '../../src-preload/contract/index.ts';

/** Shown where there is no value. */
export const noValue = '–';

/** Metrics that are shares (0.12 = 12 %); the others carry the target's unit or none. */
const shares: ReadonlySet<string> = new Set([
  'mape',
  'smape',
  'wape',
  'cvrmse',
  'nmbe',
  'wql',
  'coverage80',
  'skill',
]);
const inTargetUnit: ReadonlySet<string> = new Set(['rmse', 'mae', 'bias', 'peakError']);

type Maybe = number | null | undefined;
const missing = (value: Maybe): value is null | undefined =>
  value === null || value === undefined || Number.isNaN(value);

export interface Formatter {
  readonly language: string;
  /** about four significant digits, never scientific: 35,040 · 27.39 · 0.0123 */
  number(value: Maybe, digits?: number): string;
  integer(value: Maybe): string;
  /** for axes: 1.2M, 35K */
  compact(value: Maybe): string;
  /** @param share 0.123 -> 12.3 % */
  percent(share: Maybe, digits?: number): string;
  /** number and unit with a space that does not break */
  unit(value: Maybe, unit: string | null | undefined, digits?: number): string;
  /** a metric by its name: share as per cent, else in the target's unit; `skill` is understood too */
  metric(name: MetricName | 'skill', value: Maybe, unit?: string | null): string;
  /** the figure of {@link metric} without its unit, for a column whose head names the unit */
  metricFigure(name: MetricName | 'skill', value: Maybe): string;
  /** 850 ms · 12.4 s · 3 min 20 s · 2 h 5 min · 3 d 4 h */
  duration(ms: Maybe): string;
  /** a length of time within a sentence, in words: 15 minutes · 24 hours · 7 days */
  span(ms: Maybe): string;
  /** day in the zone, e.g. 20 Oct 2018 */
  date(utcMs: Maybe, zone?: string): string;
  /** 20 Oct 2018, 14:15 */
  dateTime(utcMs: Maybe, zone?: string): string;
  /** 14:15 or 14:15:09 */
  time(utcMs: Maybe, zone?: string, seconds?: boolean): string;
  /** first and last day, said once where they share the year: 1 Jan – 31 Dec 2018 */
  dateRange(fromUtcMs: Maybe, toUtcMs: Maybe, zone?: string): string;
  /** 3 minutes ago */
  ago(utcMs: Maybe, nowMs: number): string;
  bytes(value: Maybe): string;
  /** ISO 8601 duration as people say it: PT15M -> 15 min */
  resolution(iso: string | null | undefined): string;
  /** Monday = 0 */
  weekday(index: number, style?: 'long' | 'short' | 'narrow'): string;
  /** a, b and c */
  list(items: readonly string[]): string;
}

const hasZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds; NaN for anything else. */
export function isoDurationMs(iso: string): number {
  const match = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(iso);
  if (!match || iso === 'P' || iso.endsWith('T')) return Number.NaN;
  const [, w = 0, d = 0, h = 0, m = 0, s = 0] = match;
  return ((((+w * 7 + +d) * 24 + +h) * 60 + +m) * 60 + +s) * 1000;
}

/** Decimals that leave about four significant digits, without inventing precision for whole numbers. */
export function decimalsFor(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || Number.isInteger(value)) return 0;
  if (size >= 1000) return 0;
  if (size >= 100) return 1;
  if (size >= 1) return 2;
  if (size >= 0.1) return 3;
  return Math.min(8, 2 - Math.floor(Math.log10(size)));
}

const symbols = {
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
  byte: 'B',
  kilobyte: 'kB',
  megabyte: 'MB',
  gigabyte: 'GB',
  terabyte: 'TB',
} as const;

/** The parts of a duration, largest first. */
const parts = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

export function createFormatter(language: string): Formatter {
  const cached = <K extends string | number, T>(make: (key: K) => T): ((key: K) => T) => {
    const known = new Map<K, T>();
    return (key) => {
      let value = known.get(key);
      if (value === undefined) known.set(key, (value = make(key)));
      return value;
    };
  };
  const fixed = cached(
    (digits: number) =>
      new Intl.NumberFormat(language, {
        maximumFractionDigits: digits,
        minimumFractionDigits: Math.min(digits, 2),
        useGrouping: 'min2',
        signDisplay: 'negative', // what rounds to zero has no sign
      }),
  );
  const exact = cached(
    (digits: number) =>
      new Intl.NumberFormat(language, {
        maximumFractionDigits: digits,
        minimumFractionDigits: digits,
        useGrouping: true,
        signDisplay: 'negative',
      }),
  );
  const digitsUpTo = cached(
    (digits: number) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }),
  );
  const percentOf = cached(
    (digits: number) =>
      new Intl.NumberFormat(language, {
        style: 'percent',
        signDisplay: 'negative',
        maximumFractionDigits: digits,
        minimumFractionDigits: digits,
      }),
  );
  const compactFormat = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  /** SI symbols: the same in every language, and never `15 mins` */
  const inUnit = (value: number, unit: keyof typeof symbols, digits = 0): string =>
    `${digitsUpTo(digits).format(value)}\u00a0${symbols[unit]}`;
  const zoneOf = cached((zone: string) => (hasZone(zone) ? zone : 'UTC'));
  const dayOf = cached(
    (zone: string) =>
      new Intl.DateTimeFormat(language, {
        timeZone: zoneOf(zone),
        day: 'numeric',
        month: 'short',
        year: 'numeric',
      }),
  );
  const stampOf = cached(
    (zone: string) =>
      new Intl.DateTimeFormat(language, {
        timeZone: zoneOf(zone),
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
  );
  const clockOf = cached(
    (key: string) =>
      new Intl.DateTimeFormat(language, {
        timeZone: zoneOf(key.slice(1)),
        hour: '2-digit',
        minute: '2-digit',
        ...(key.startsWith('s') ? { second: '2-digit' } : {}),
        hourCycle: 'h23',
      }),
  );
  const inWords = cached(
    (unit: 'day' | 'hour' | 'minute') =>
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 }),
  );
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const lists = new Intl.ListFormat(language, { type: 'conjunction' });
  /** the machine's own zone, for things that happened here and not in the data */
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

  const number = (value: Maybe, digits?: number): string => {
    if (missing(value)) return noValue;
    // minus zero would print as -0
    const clean = value === 0 ? 0 : value;
    return digits === undefined ? fixed(decimalsFor(clean)).format(clean) : exact(digits).format(clean);
  };
  const integer = (value: Maybe): string => (missing(value) ? noValue : exact(0).format(Math.round(value)));
  const percent = (share: Maybe, digits = 1): string =>
    missing(share) ? noValue : percentOf(digits).format(share === 0 ? 0 : share);
  const withUnit = (value: Maybe, unit: string | null | undefined, digits?: number): string =>
    missing(value) || !unit ? number(value, digits) : `${number(value, digits)}\u00a0${unit}`;
  const metricFigure: Formatter['metricFigure'] = (name, value) => {
    if (missing(value)) return noValue;
    if (shares.has(name)) return percent(value, 1);
    return number(value, name === 'r2' || name === 'mase' ? 3 : 2);
  };

  return {
    language,
    number,
    integer,
    percent,
    unit: withUnit,
    metricFigure,
    compact: (value) => (missing(value) ? noValue : compactFormat.format(value)),
    metric: (name, value, unit) =>
      !missing(value) && unit && inTargetUnit.has(name)
        ? `${metricFigure(name, value)}\u00a0${unit}`
        : metricFigure(name, value),
    duration: (ms) => {
      if (missing(ms)) return noValue;
      const size = Math.abs(ms);
      if (size < 1000) return inUnit(Math.round(ms), 'millisecond');
      if (size < 60_000) return inUnit(ms / 1000, 'second', size < 20_000 ? 1 : 0);
      const at = parts.findIndex(([, length]) => size >= length);
      const [first, length] = parts[at]!;
      let whole = Math.floor(size / length);
      const next = parts[at + 1];
      if (!next) return inUnit(whole, first);
      let rest = Math.round((size - whole * length) / next[1]);
      if (rest * next[1] >= length) {
        whole += 1;
        rest = 0;
      }
      return rest === 0 ? inUnit(whole, first) : `${inUnit(whole, first)} ${inUnit(rest, next[0])}`;
    },
    span: (ms) => {
      if (missing(ms)) return noValue;
      // the largest unit that gives two or more, whole: a day is 24 hours, an hour 60 minutes
      for (const [unit, length] of parts) {
        if (unit === 'second') break;
        if (ms >= 2 * length && ms % length === 0) return inWords(unit).format(ms / length);
      }
      return inWords(ms >= 86_400_000 ? 'hour' : 'minute').format(
        ms / (ms >= 86_400_000 ? 3_600_000 : 60_000),
      );
    },
    date: (ms, zone = here) => (missing(ms) ? noValue : dayOf(zone).format(ms)),
    dateTime: (ms, zone = here) => (missing(ms) ? noValue : stampOf(zone).format(ms)),
    time: (ms, zone = here, seconds = false) =>
      missing(ms) ? noValue : clockOf(`${seconds ? 's' : 'm'}${zone}`).format(ms),
    dateRange: (from, to, zone = here) =>
      missing(from) || missing(to) ? noValue : dayOf(zone).formatRange(from, to),
    ago: (ms, nowMs) => {
      if (missing(ms)) return noValue;
      const gone = nowMs - ms;
      for (const [name, length] of parts)
        if (Math.abs(gone) >= length && name !== 'second')
          return relative.format(-Math.round(gone / length), name);
      return relative.format(0, 'second');
    },
    bytes: (value) => {
      if (missing(value)) return noValue;
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
      const step = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
      const scaled = value / 1000 ** step;
      return inUnit(scaled, units[step]!, step === 0 || scaled >= 100 ? 0 : 1);
    },
    resolution: (iso) => {
      if (!iso) return noValue;
      const ms = isoDurationMs(iso);
      if (Number.isNaN(ms)) return iso;
      const exactPart = parts.find(([, length]) => ms >= length && ms % length === 0);
      return exactPart ? inUnit(ms / exactPart[1], exactPart[0]) : inUnit(ms, 'millisecond');
    },
    weekday: (index, style = 'short') =>
      // 1 January 2024 was a Monday
      new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' }).format(
        Date.UTC(2024, 0, 1 + index),
      ),
    list: (items) => lists.format(items),
  };
}
