/** @file A cell that holds an interval: `01.01.2018 00:00 - 01.01.2018 00:15`, `2018-01-01T00:00Z/2018-01-01T01:00Z`, `00:00-00:15`. */
import { parseClock, parseStamp } from './stamp-text.ts';

export interface Interval {
  readonly start: string;
  readonly end: string;
  /** the end is a time of day alone: of the same day, or of the next where it is not after the start */
  readonly endIsClock: boolean;
  /** the start has no date */
  readonly startIsClock: boolean;
  /** as it stands between the two, spaces and all */
  readonly separator: string;
}

const separators = /\s+-\s+|\s*[–—→]\s*|\s+(?:bis|to|until|hasta|a|~)\s+|\s*~\s*|\//gi;

/** Both ends of the interval a cell spells, null where it spells none. */
export function splitInterval(text: string): Interval | null {
  for (const match of text.matchAll(separators)) {
    const found = judge(text.slice(0, match.index), text.slice(match.index + match[0].length), match[0]);
    if (found) return found;
  }
  const clocks = /^(\d{1,2}[:.]\d{2}(?::\d{2})?)-(\d{1,2}[:.]\d{2}(?::\d{2})?)$/.exec(text.trim());
  return clocks ? judge(clocks[1], clocks[2], '-') : null;
}

function judge(start: string, end: string, separator: string): Interval | null {
  const startIsClock = !parseStamp(start);
  if (startIsClock && !parseClock(start)) return null;
  const endIsClock = !parseStamp(end);
  if (endIsClock && !parseClock(end)) return null;
  if (startIsClock && !endIsClock) return null;
  return { start: start.trim(), end: end.trim(), startIsClock, endIsClock, separator };
}
