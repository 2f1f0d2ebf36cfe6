/** @file Ticks of a time axis that fall on round local times: midnight stays midnight over a clock change. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Steps people count in; days and longer are counted in local days. */
const steps: readonly number[] = [
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  28 * day,
  91 * day,
];

const formatters = new Map<string, Intl.DateTimeFormat>();
/** Offset of the zone at that instant, ms: local = UTC + offset. */
export function offsetAt(utcMs: number, zone: string): number {
  let format = formatters.get(zone);
  if (!format) {
    const options: Intl.DateTimeFormatOptions = {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    };
    try {
      format = new Intl.DateTimeFormat('en', options);
    } catch {
      format = new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' });
    }
    formatters.set(zone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(utcMs)) part[type] = Number(value);
  const local = Date.UTC(
    part['year'],
    part['month'] - 1,
    part['day'],
    part['hour'],
    part['minute'],
    part['second'],
  );
  return local - Math.floor(utcMs / 1000) * 1000;
}

/**
 * At most `most` ticks between two instants, UTC ms, ascending.
 * @param zone IANA zone of the data
 */
export function timeTicks(from: number, to: number, zone: string, most: number): number[] {
  if (!(to > from) || most < 1) return [];
  const step = steps.find((s) => (to - from) / s <= most) ?? Math.ceil((to - from) / most / day) * day;
  const ticks: number[] = [];
  const firstLocal = Math.ceil((from + offsetAt(from, zone)) / step) * step;
  for (let local = firstLocal; ; local += step) {
    // the offset in force at the tick itself; asked twice because the first guess may lie on the other side of a change
    const guess = local - offsetAt(local - offsetAt(from, zone), zone);
    const utc = local - offsetAt(guess, zone);
    if (utc > to) break;
    if (utc >= from && utc !== ticks.at(-1)) ticks.push(utc);
  }
  return ticks;
}

/** What a tick says: the day at local midnight, the clock else. */
export function tickText(utcMs: number, zone: string, language: string): string {
  const atMidnight = (utcMs + offsetAt(utcMs, zone)) % day === 0;
  const options: Intl.DateTimeFormatOptions = atMidnight
    ? { day: 'numeric', month: 'short' }
    : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  try {
    return new Intl.DateTimeFormat(language, { ...options, timeZone: zone }).format(utcMs);
  } catch {
    return new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(utcMs);
  }
}
