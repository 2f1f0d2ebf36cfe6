/** @file Local calendar places of rows: the slot of the week. Works on wall clock milliseconds written as UTC. */
import { stepRuns } from '../time/step-runs.ts';
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
  const placeOf = (ms: number): number => {
    const day = Math.floor(ms / DAY);
    const slot = Math.min(slots - 1, Math.floor((ms - day * DAY) / slotMs));
    return weekdayOf(day) * slots + slot;
  };
  if (wall.length > 0) weekSlot[0] = placeOf(wall[0]);
  const { from, steps } = stepRuns(wall);
  for (let r = 0; r < steps.length; r++) {
    if (steps[r] === next) countOn(weekSlot, from[r], from[r + 1], last);
    else for (let i = from[r]; i < from[r + 1]; i++) weekSlot[i] = placeOf(wall[i]);
  }
  return { slotsPerDay: slots, weekSlot };
}

/** Each place is the one after that of the row before, the first one after the last. */
function countOn(places: Int32Array, from: number, to: number, last: number): void {
  let place = places[from - 1];
  for (let i = from; i < to; i++) {
    place = place === last ? 0 : place + 1;
    places[i] = place;
  }
}

/** Monday is 0; day 0 is 1970-01-01, a Thursday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;
