/** @file The local clock over a time axis: days, slots and hours of the week as a person on site counts them. */
import { utcToWall } from '../data/time/zone.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Whole local days since 1970-01-01 of a wall-clock time (ms as if UTC). */
export const dayOf = (wall: number): number => Math.floor(wall / DAY_MS);

/** Milliseconds since local midnight. */
export const timeOfDay = (wall: number): number => wall - dayOf(wall) * DAY_MS;

/** 0..6, Monday first: 1970-01-01 was a Thursday. */
export const weekdayOf = (wall: number): number => (((dayOf(wall) + 3) % 7) + 7) % 7;

/** 0..167, Monday 00 first. */
export const hourOfWeek = (wall: number): number =>
  weekdayOf(wall) * 24 + Math.floor(timeOfDay(wall) / HOUR_MS);

/** `2018-10-20` of a local day number. */
export const dayName = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Wall clock (ms as if UTC) of each instant. */
export const wallClock = (time: Float64Array, timezone: string): Float64Array => utcToWall(time, timezone);

/** Steps in a day and in a week at this resolution; at least 1, for daily and coarser data. */
export function seasonSteps(resolutionMs: number): { day: number; week: number } {
  return {
    day: Math.max(1, Math.round(DAY_MS / resolutionMs)),
    week: Math.max(1, Math.round((7 * DAY_MS) / resolutionMs)),
  };
}

/** Instants of rows `0..rows - 1`; rows beyond the frame go on at its resolution. */
export function extendTime(time: Float64Array, rows: number, resolutionMs: number): Float64Array {
  if (rows <= time.length) return time;
  const extended = new Float64Array(rows);
  extended.set(time);
  const last = time.length === 0 ? 0 : time[time.length - 1];
  for (let i = time.length; i < rows; i++) extended[i] = last + (i - time.length + 1) * resolutionMs;
  return extended;
}
