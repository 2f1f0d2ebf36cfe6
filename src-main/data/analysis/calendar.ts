/** @file Local calendar places of rows: the slot of the week. Works on wall clock milliseconds written as UTC. */
import { DAY } from './types.ts';

export interface CalendarPlaces {
  readonly slotsPerDay: number;
  /** weekday (Monday 0) · slotsPerDay + slot of the local day, shape (rows) */
  readonly weekSlot: Int32Array;
}

/** Finest slot of a daily shape: seconds of the day would be 86,400 columns of a chart. */
const MAX_SLOTS = 1440;

export function slotsPerDay(stepMs: number): number {
  return Math.max(1, Math.min(MAX_SLOTS, Math.ceil(DAY / stepMs)));
}

export function calendarPlaces(wall: Float64Array, stepMs: number): CalendarPlaces {
  const slots = slotsPerDay(stepMs);
  const slotMs = DAY / slots;
  const weekSlot = new Int32Array(wall.length);
  // one slot on is the next one, wherever slots fill the day
  const next = slotMs * slots === DAY && Number.isInteger(slotMs) ? slotMs : NaN;
  const last = 7 * slots - 1;
  for (let i = 0; i < wall.length; i++) {
    if (i > 0 && wall[i] - wall[i - 1] === next) {
      const before = weekSlot[i - 1];
      weekSlot[i] = before === last ? 0 : before + 1;
      continue;
    }
    const day = Math.floor(wall[i] / DAY);
    const slot = Math.min(slots - 1, Math.floor((wall[i] - day * DAY) / slotMs));
    weekSlot[i] = weekdayOf(day) * slots + slot;
  }
  return { slotsPerDay: slots, weekSlot };
}

/** Monday is 0; day 0 is 1970-01-01, a Thursday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;
