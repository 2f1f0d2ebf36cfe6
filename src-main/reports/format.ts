/** @file Numbers, shares, dates and spans as people of a language write them. */

export type Language = 'en' | 'es';

/** Stands where there is no figure. */
export const NONE = '–';
const NBSP = '\u00a0';

export interface Formatter {
  /** three to four significant digits */
  number(value: number | null, digits?: number): string;
  /** a tick of an axis: no more digits than it needs */
  tick(value: number): string;
  integer(value: number): string;
  /** with the unit behind a no-break space; the bare number without one */
  quantity(value: number | null, unit: string | null): string;
  /** 0.253 -> 25.3 % */
  percent(share: number | null, digits?: number): string;
  signedPercent(share: number | null, digits?: number): string;
  /** p-values: `< 0.001` below that */
  pValue(value: number | null): string;
  /** `20 Oct 2018` */
  date(utcMs: number): string;
  /** `20 Oct 2018, 14:15` */
  dateTime(utcMs: number): string;
  /** `Mon 20 Oct` of a local calendar day given as YYYY-MM-DD */
  day(isoDay: string): string;
  /** Monday first */
  weekdays(): string[];
  /** `15 minutes`, `1 hour`, `7 days` of a length in milliseconds */
  length(ms: number): string;
}

export function createFormatter(language: Language, timezone: string): Formatter {
  const locale = language === 'es' ? 'es-ES' : 'en-GB';
  // Spanish writes four digits without a separator.
  const useGrouping = language === 'es' ? 'min2' : 'always';
  const safe = (value: number | null): value is number => value !== null && Number.isFinite(value);
  const write = (value: number, options: Intl.NumberFormatOptions): string =>
    new Intl.NumberFormat(locale, { useGrouping, signDisplay: 'negative', ...options })
      .format(value)
      .replace('-', '\u2212');
  const number = (value: number | null, digits = 3): string => {
    if (!safe(value)) return NONE;
    const size = Math.abs(value);
    if (size >= 1000) return write(value, { maximumFractionDigits: 0 });
    if (size < 1e-9) return write(0, {});
    return write(value, { minimumSignificantDigits: Math.min(digits, 3), maximumSignificantDigits: digits });
  };
  const percent = (
    share: number | null,
    digits = 1,
    signDisplay: 'negative' | 'exceptZero' = 'negative',
  ): string =>
    safe(share)
      ? write(share, {
          style: 'percent',
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
          signDisplay,
        })
      : NONE;
  const zoned = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: timezone, ...options });
  const dates = zoned({ day: 'numeric', month: 'short', year: 'numeric' });
  const times = zoned({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  const days = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  });
  const weekday = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short' });
  return {
    number,
    tick: (value) => (safe(value) ? write(value, { maximumSignificantDigits: 6 }) : NONE),
    integer: (value) => write(value, { maximumFractionDigits: 0 }),
    quantity: (value, unit) => (safe(value) ? number(value) + (unit ? NBSP + unit : '') : NONE),
    percent: (share, digits) => percent(share, digits),
    signedPercent: (share, digits) => percent(share, digits, 'exceptZero'),
    pValue: (value) =>
      !safe(value)
        ? NONE
        : value < 0.001
          ? `<${NBSP}${write(0.001, {})}`
          : write(value, { maximumFractionDigits: 3 }),
    date: (utcMs) => dates.format(utcMs),
    dateTime: (utcMs) => times.format(utcMs),
    day: (isoDay) => days.format(Date.parse(`${isoDay}T00:00:00Z`)),
    // 1 January 2024 was a Monday
    weekdays: () => Array.from({ length: 7 }, (_, i) => weekday.format(Date.UTC(2024, 0, 1 + i))),
    length: (ms) => {
      const [unit, size] = unitOf(ms);
      return write(ms / size, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 1 });
    },
  };
}

const LENGTHS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** The largest unit that divides it: 36 hours, not a day and a half. */
function unitOf(ms: number): (typeof LENGTHS)[number] {
  return LENGTHS.find(([, size]) => ms >= size && ms % size === 0) ?? LENGTHS[LENGTHS.length - 1];
}

/** `voltcast` arguments survive a POSIX shell: quoted when they hold anything but plain characters. */
export const shellQuote = (text: string): string =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
