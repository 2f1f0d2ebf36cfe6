/**
 * @file Does a stamp name the beginning of its interval or the end? Frames hold beginnings.
 *
 *   beginning  00:00  00:15 … 23:45        ending  00:15  00:30 … 23:45  00:00 (of the next day)
 *
 * Evidence, strongest first: the user's word; the midnight trap (only ending stamps have it); a calendar column that
 * still calls the 00:00 row by the day before; the words of the header; how the file begins and ends.
 */
import type { CategoryColumn } from '../frame.ts';
import { weekdayOf } from './calendar.ts';
import { isAscending } from './order.ts';
import { DAY } from './types.ts';
import type { Part } from './types.ts';

export type Stamps = 'beginning' | 'ending';
export interface StampsFinding {
  readonly stamps: Stamps;
  readonly reason: string;
  /** false: nothing in the file decides, the default was taken */
  readonly sure: boolean;
}

const endWords = /(^|[^\p{L}])(end(e|ing)?|until|to|bis|hasta|fin(al)?|hour.?ending|he)($|[^\p{L}])|ending/u;
const beginWords = /(^|[^\p{L}])(begin(n|ning)?|start|from|von|ab|desde|inicio)($|[^\p{L}])|beginning|start/u;
const timeOfDay = (ms: number): number => ((ms % DAY) + DAY) % DAY;

/** @param parts wall clock; order does not matter */
export function findStamps(
  parts: readonly Part[],
  stepMs: number,
  midnightTrap: boolean,
  timestampColumns: readonly string[],
): StampsFinding {
  if (!(stepMs < DAY)) return { stamps: 'beginning', reason: 'stamps name whole days', sure: true };
  if (midnightTrap)
    return { stamps: 'ending', reason: 'midnight readings close the day whose date they carry', sure: true };
  const byDay = fromDayColumns(parts, stepMs);
  if (byDay !== null) return byDay;
  const header = timestampColumns.join(' ').toLowerCase();
  if (endWords.test(header) && !beginWords.test(header))
    return {
      stamps: 'ending',
      reason: `the column '${timestampColumns[0]}' is named after the end`,
      sure: true,
    };
  if (beginWords.test(header) && !endWords.test(header))
    return {
      stamps: 'beginning',
      reason: `the column '${timestampColumns[0]}' is named after the beginning`,
      sure: true,
    };
  return fromSpan(parts, stepMs);
}

function fromSpan(parts: readonly Part[], stepMs: number): StampsFinding {
  let ending = 0;
  let beginning = 0;
  let whole = false;
  for (const { time } of parts) {
    let first = Infinity;
    let last = -Infinity;
    if (time.length > 0 && isAscending(time)) [first, last] = [time[0], time[time.length - 1]];
    else
      for (let i = 0; i < time.length; i++) {
        if (time[i] < first) first = time[i];
        if (time[i] > last) last = time[i];
      }
    const [from, to] = [timeOfDay(first), timeOfDay(last)];
    if (from === stepMs && to === 0) [ending, whole] = [ending + 2, true];
    else if (from === 0 && to === DAY - stepMs) [beginning, whole] = [beginning + 2, true];
    else if (from === stepMs) ending++;
    else if (from === 0) beginning++;
  }
  if (ending > beginning)
    return { stamps: 'ending', reason: 'the file begins one step after midnight', sure: whole };
  return {
    stamps: 'beginning',
    reason: beginning > 0 ? 'the file begins at midnight' : 'nothing in the file speaks against it',
    sure: beginning > 0 && whole,
  };
}

/** A column that is constant over each weekday, where the change comes at 00:00 (beginning) or one step later (ending). */
function fromDayColumns(parts: readonly Part[], stepMs: number): StampsFinding | null {
  const names = parts[0].columns.filter((column): column is CategoryColumn => column.type === 'category');
  for (const { name, levels } of names) {
    if (levels.length < 2 || levels.length > 7) continue;
    const atBeginning = followsWeekday(parts, name, 0, stepMs);
    const atEnd = followsWeekday(parts, name, stepMs, stepMs);
    if (atBeginning !== atEnd)
      return {
        stamps: atEnd ? 'ending' : 'beginning',
        reason: `'${name}' changes ${atEnd ? 'one step after midnight' : 'at midnight'}`,
        sure: true,
      };
  }
  return null;
}

function followsWeekday(parts: readonly Part[], name: string, shiftMs: number, stepMs: number): boolean {
  const seen = new Int32Array(7).fill(-1);
  let rows = 0;
  for (const part of parts) {
    const column = part.columns.find((candidate) => candidate.name === name);
    if (column?.type !== 'category') return false;
    let dayFrom = Infinity;
    let weekday = 0;
    for (let i = 0; i < part.time.length; i++) {
      const code = column.codes[i];
      if (code < 0) continue;
      const time = part.time[i] - shiftMs;
      if (time < dayFrom || time >= dayFrom + DAY) {
        const day = Math.floor(time / DAY);
        dayFrom = day * DAY;
        weekday = weekdayOf(day);
      }
      if (seen[weekday] === -1) seen[weekday] = code;
      else if (seen[weekday] !== code) return false;
      rows++;
    }
  }
  return rows * stepMs >= 7 * DAY && new Set(seen).size > 1;
}
