/**
 * @file The local calendar of a regular grid, and links from each row to the rows that matter to it: the same
 * time of day one day, one week or one day of the same type earlier. Links follow the wall clock, so across a change to
 * summer time "yesterday, same time" stays the same time, although 92 or 100 quarter hours lie between.
 *
 *   row        … 1 Mar 08:00 … 2 Mar 08:00 … 8 Mar 08:00
 *   previousDay        └────────────┘
 *   previousWeek       └───────────────────────────┘
 */
import type { Frame } from '../frame.ts';
import { utcToWall } from '../time/zone.ts';

const dayMs = 86_400_000;
/** 1970-01-01 was a Thursday; Monday is 0 here. */
const epochWeekday = 3;

/** What kind of day it is for a load. */
export const dayTypes = ['workday', 'saturday', 'sunday or holiday'] as const;

export interface Calendar {
  /** rows of the frame and `extra` steps beyond its end */
  readonly rows: number;
  /** steps per local day, at least 1 */
  readonly slotsPerDay: number;
  /** local day number of each row */
  readonly day: Int32Array;
  /** 0..slotsPerDay-1 */
  readonly slot: Int32Array;
  /** hours since local midnight, 0..24 */
  readonly hour: Float64Array;
  /** 0 Monday .. 6 Sunday */
  readonly weekday: Uint8Array;
  /** index into {@link dayTypes} */
  readonly dayType: Uint8Array;
  /** share of the year passed, 0..1 */
  readonly yearShare: Float64Array;
  /** 0 January .. 11 December */
  readonly month: Uint8Array;
  /** 1 on a holiday */
  readonly holiday: Uint8Array;
  /** 1 on a working day before a holiday, 1 on a working day after one */
  readonly beforeHoliday: Uint8Array;
  readonly afterHoliday: Uint8Array;
  /** row of the same local time one day, one week, one day of equal type earlier; -1 where there is none */
  readonly previousDay: Int32Array;
  readonly previousWeek: Int32Array;
  readonly previousSameType: Int32Array;
}

/** Steps of a local day; 1 where the step is a day or longer. */
export const slotsOfDay = (resolutionMs: number): number => Math.max(1, Math.round(dayMs / resolutionMs));

/**
 * @param extra steps beyond the last row of the frame, for forecasts
 * @param holidays ascending local day numbers
 */
export function buildCalendar(frame: Frame, extra: number, holidays: Int32Array): Calendar {
  const n = frame.time.length;
  const rows = n + extra;
  const time = new Float64Array(rows);
  time.set(frame.time);
  for (let k = 0; k < extra; k++) time[n + k] = (n > 0 ? time[n - 1] : 0) + (k + 1) * frame.resolutionMs;
  const wall = utcToWall(time, frame.timezone);
  const slotsPerDay = slotsOfDay(frame.resolutionMs);
  const slotMs = dayMs / slotsPerDay;
  const calendar = {
    rows,
    slotsPerDay,
    day: new Int32Array(rows),
    slot: new Int32Array(rows),
    hour: new Float64Array(rows),
    weekday: new Uint8Array(rows),
    dayType: new Uint8Array(rows),
    yearShare: new Float64Array(rows),
    month: new Uint8Array(rows),
    holiday: new Uint8Array(rows),
    beforeHoliday: new Uint8Array(rows),
    afterHoliday: new Uint8Array(rows),
  };
  const off = new Set(holidays);
  let knownDay = Number.NaN;
  for (let i = 0; i < rows; i++) {
    const day = Math.floor(wall[i] / dayMs);
    const within = wall[i] - day * dayMs;
    calendar.day[i] = day;
    calendar.slot[i] = Math.min(slotsPerDay - 1, Math.floor(within / slotMs));
    calendar.hour[i] = within / 3_600_000;
    if (day === knownDay) {
      calendar.weekday[i] = calendar.weekday[i - 1];
      calendar.dayType[i] = calendar.dayType[i - 1];
      calendar.yearShare[i] = calendar.yearShare[i - 1];
      calendar.month[i] = calendar.month[i - 1];
      calendar.holiday[i] = calendar.holiday[i - 1];
      calendar.beforeHoliday[i] = calendar.beforeHoliday[i - 1];
      calendar.afterHoliday[i] = calendar.afterHoliday[i - 1];
      continue;
    }
    knownDay = day;
    const weekday = (((day + epochWeekday) % 7) + 7) % 7;
    const date = new Date(day * dayMs);
    const yearStart = Date.UTC(date.getUTCFullYear(), 0, 1);
    const free = off.has(day);
    calendar.weekday[i] = weekday;
    calendar.dayType[i] = free || weekday === 6 ? 2 : weekday === 5 ? 1 : 0;
    calendar.yearShare[i] = (day * dayMs - yearStart) / (365.2425 * dayMs);
    calendar.month[i] = date.getUTCMonth();
    calendar.holiday[i] = free ? 1 : 0;
    calendar.beforeHoliday[i] = !free && off.has(day + 1) ? 1 : 0;
    calendar.afterHoliday[i] = !free && off.has(day - 1) ? 1 : 0;
  }
  return { ...calendar, ...links(calendar) };
}

type Links = Pick<Calendar, 'previousDay' | 'previousWeek' | 'previousSameType'>;

function links(calendar: Omit<Calendar, keyof Links>): Links {
  const { rows, slotsPerDay, day, slot, dayType } = calendar;
  const previousDay = new Int32Array(rows).fill(-1);
  const previousWeek = new Int32Array(rows).fill(-1);
  const previousSameType = new Int32Array(rows).fill(-1);
  if (rows === 0) return { previousDay, previousWeek, previousSameType };

  const firstDay = day[0];
  const days = day[rows - 1] - firstDay + 1;
  // cell (day, slot) -> row; of a repeated hour the first pass, as the second may lie after an origin
  const cell = new Int32Array(days * slotsPerDay).fill(-1);
  for (let i = rows - 1; i >= 0; i--) cell[(day[i] - firstDay) * slotsPerDay + slot[i]] = i;
  const typeOfDay = new Int8Array(days).fill(-1);
  for (let i = 0; i < rows; i++) typeOfDay[day[i] - firstDay] = dayType[i];
  const previousDayOfType = new Int32Array(days).fill(-1);
  const latest = new Int32Array(3).fill(-1);
  for (let d = 0; d < days; d++) {
    if (typeOfDay[d] < 0) continue;
    previousDayOfType[d] = latest[typeOfDay[d]];
    latest[typeOfDay[d]] = d;
  }
  /** the row of a local time; a time that the clock skipped takes the nearest earlier slot of that day */
  const rowOf = (d: number, s: number): number => {
    if (d < 0) return -1;
    for (let k = s; k >= 0; k--) {
      const row = cell[d * slotsPerDay + k];
      if (row >= 0) return row;
    }
    return -1;
  };
  for (let i = 0; i < rows; i++) {
    const d = day[i] - firstDay;
    previousDay[i] = rowOf(d - 1, slot[i]);
    previousWeek[i] = rowOf(d - 7, slot[i]);
    const same = previousDayOfType[d];
    previousSameType[i] = same < 0 ? -1 : rowOf(same, slot[i]);
  }
  return { previousDay, previousWeek, previousSameType };
}
