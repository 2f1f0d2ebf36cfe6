/**
 * @file Wall clock of instants on an ascending axis. People's load follows the clock on the wall, so every
 * seasonal feature is aligned by it. Offsets are looked up once a day and bisected where they change: a year of
 * quarter hours costs 370 look-ups instead of 35,000.
 */

const dayMs = 86_400_000;

function offsetReader(timezone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (utcMs) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(utcMs)) part[type] = Number(value);
    const wall = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
    return wall - Math.floor(utcMs / 1000) * 1000;
  };
}

/**
 * @param time UTC milliseconds, ascending, shape (n)
 * @param timezone IANA zone or `UTC`
 * @returns milliseconds of the wall clock written as if it were UTC, shape (n)
 */
export function toWallClock(time: Float64Array, timezone: string): Float64Array {
  const wall = new Float64Array(time.length);
  if (timezone === 'UTC') {
    wall.set(time);
    return wall;
  }
  const offsetAt = offsetReader(timezone);
  const fill = (from: number, to: number, first: number, last: number): void => {
    // rows from..to-1; first and last: offsets of rows from and to-1
    if (first === last && time[to - 1] - time[from] <= dayMs) {
      for (let i = from; i < to; i++) wall[i] = time[i] + first;
      return;
    }
    if (to - from === 1) {
      wall[from] = time[from] + first;
      return;
    }
    const middle = (from + to) >> 1;
    fill(from, middle, first, offsetAt(time[middle - 1]));
    fill(middle, to, offsetAt(time[middle]), last);
  };
  if (time.length > 0) fill(0, time.length, offsetAt(time[0]), offsetAt(time[time.length - 1]));
  return wall;
}
