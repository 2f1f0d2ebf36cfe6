/** @file Local calendar places of rows: slot of the day, hour of the week. Works on wall clock milliseconds written as UTC. */
import { DAY, HOUR } from './types.ts';

export interface CalendarPlaces {
  readonly slotsPerDay: number;
  /** slot of the local day, shape (rows) */
  readonly slot: Int32Array;
  /** Monday 00 is 0, shape (rows) */
  readonly hourOfWeek: Uint8Array;
}

/** Finest slot of a daily shape: seconds of the day would be 86,400 columns of a chart. */
const MAX_SLOTS = 1440;

export function slotsPerDay(stepMs: number): number {
  return Math.max(1, Math.min(MAX_SLOTS, Math.ceil(DAY / stepMs)));
}

export function calendarPlaces(wall: Float64Array, stepMs: number): CalendarPlaces {
  const slots = slotsPerDay(stepMs);
  const slotMs = DAY / slots;
  const slot = new Int32Array(wall.length);
  const hourOfWeek = new Uint8Array(wall.length);
  for (let i = 0; i < wall.length; i++) {
    const day = Math.floor(wall[i] / DAY);
    const inDay = wall[i] - day * DAY;
    slot[i] = Math.min(slots - 1, Math.floor(inDay / slotMs));
    hourOfWeek[i] = weekdayOf(day) * 24 + Math.floor(inDay / HOUR);
  }
  return { slotsPerDay: slots, slot, hourOfWeek };
}

/** Monday is 0; day 0 is 1970-01-01, a Thursday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;
