/** @file The time of each row from the columns that carry it. */
import type { ImportOptions, ImportQuestion, Warning } from '../../../src-preload/contract/index.ts';
import { utcToWall, wallToUtc } from '../time/zone.ts';
import { kinds } from './columns.ts';
import { describeFormat } from './date-format.ts';
import { decideOrder, orderQuestion } from './date-order.ts';
import { isUtcName } from './names.ts';
import { timeColumns } from './plan.ts';
import type { FilePlan } from './plan.ts';
import type { Scanner } from './scanner.ts';
import { stampsToMs } from './stamp-reader.ts';
import { UNREADABLE } from './stamp-text.ts';
import { timeWarning } from './warnings.ts';
import { countedClock } from './wide-days.ts';

const DAY = 86_400_000;

export interface ReadTime {
  readonly time: Float64Array;
  readonly absolute: boolean;
  readonly intervalEnd: Float64Array | null;
  readonly format: string;
}

/** @param rows without the footer */
export function readTime(
  plan: FilePlan,
  scanner: Scanner,
  rows: number,
  options: ImportOptions,
  questions: ImportQuestion[],
  warnings: Warning[],
): ReadTime {
  const { time: how } = plan;
  if (how.kind === 'none')
    return { time: new Float64Array(rows).fill(NaN), absolute: false, intervalEnd: null, format: '' };
  const names = timeColumns(how)
    .map((i) => `'${plan.columns[i].name}'`)
    .join(' and ');
  const main = scanner.stores[timeColumns(how)[0]];
  if (how.kind === 'number') {
    const time = main.numbers.slice(0, rows);
    for (let i = 0; i < rows; i++) time[i] = Math.round(time[i] * how.unitMs + how.originMs);
    warnings.push(...timeWarning(names, main.unread, scanner, rows));
    return { time, absolute: how.originMs === 0, intervalEnd: null, format: how.label };
  }
  const keys = main.keys.subarray(0, rows);
  const ms = main.ms.subarray(0, rows);
  const decision = decideOrder(keys, ms, options.dateOrder);
  const example = plan.columns[timeColumns(how)[0]].name;
  const text = main.example ?? '';
  if (decision.by === 'open') questions.push(orderQuestion(example, text, decision, keys));
  const time = stampsToMs(keys, ms, decision.order);
  const invalid = decision.invalidDays ? countInvalid(keys, time) : { count: 0, first: 0 };
  if (invalid.count > 0)
    warnings.push({
      code: 'impossible-dates',
      message: `${invalid.count.toLocaleString('en')} row${invalid.count === 1 ? ' names a day' : 's name days'} that ${invalid.count === 1 ? 'does' : 'do'} not exist in the order ${decision.order}, first in line ${scanner.lineOf(invalid.first)}.`,
      rows: invalid.count,
      details: { line: scanner.lineOf(invalid.first) },
    });
  warnings.push(...timeWarning(names, main.unread, scanner, rows));
  const filled = rows - main.unread.count;
  const stated = main.offsets > 0 && main.offsets >= 0.5 * filled;
  const absolute = stated || isUtcName(example);
  if (stated && main.offsets < filled)
    warnings.push({
      code: 'mixed-offsets',
      message: `${(filled - main.offsets).toLocaleString('en')} stamps in ${names} have no offset while the others do; they were taken as UTC.`,
      rows: filled - main.offsets,
    });
  const format = describeFormat(text, decision.order);
  if (how.kind === 'stamp') {
    const end = how.end === null ? null : scanner.stores[how.end];
    const intervalEnd = end
      ? stampsToMs(end.keys.subarray(0, rows), end.ms.subarray(0, rows), decision.order)
      : null;
    return { time, absolute, intervalEnd, format };
  }
  if (how.kind === 'interval') {
    const intervalEnd = stampsToMs(
      main.endKeys.subarray(0, rows),
      main.endMs.subarray(0, rows),
      decision.order,
    );
    return { time, absolute, intervalEnd, format };
  }
  if (how.kind === 'date-slot') {
    addSlots(time, scanner.stores[how.slot].numbers.subarray(0, rows), options.timezone);
    return { time, absolute, intervalEnd: null, format: `${format} + position in the day` };
  }
  const clock = scanner.stores[how.clock];
  const end = how.end === null ? null : scanner.stores[how.end];
  const intervalEnd = clock.plan.kind === kinds.interval || end ? new Float64Array(rows) : null;
  for (let i = 0; i < rows; i++) {
    const missing = clock.keys[i] === UNREADABLE;
    if (intervalEnd) {
      const read = !missing && (end ? end.keys[i] : clock.endKeys[i]) !== UNREADABLE;
      const endMs = end ? end.ms[i] + (end.ms[i] <= clock.ms[i] ? DAY : 0) : clock.endMs[i];
      intervalEnd[i] = read ? time[i] + endMs : NaN;
    }
    // the date may itself carry a time of day, 00:00 as a rule
    time[i] = missing ? NaN : time[i] + clock.ms[i];
  }
  warnings.push(...timeWarning(`'${plan.columns[how.clock].name}'`, clock.unread, scanner, rows));
  return { time, absolute, intervalEnd, format: `${format} + HH:mm` };
}

function countInvalid(keys: Int32Array, time: Float64Array): { count: number; first: number } {
  let count = 0;
  let first = 0;
  for (let i = keys.length - 1; i >= 0; i--)
    if (keys[i] !== UNREADABLE && Number.isNaN(time[i])) {
      count++;
      first = i;
    }
  return { count, first };
}

/**
 * Adds the position in the day to midnight. A zone makes the days of 23 and 25 hours exact; without one the change is
 * taken to be at two o'clock, as in most of Europe.
 */
function addSlots(days: Float64Array, slots: Float64Array, zone: string | undefined): void {
  let low = Infinity;
  let high = -Infinity;
  for (const slot of slots) {
    if (slot < low) low = slot;
    if (slot > high) high = slot;
  }
  const perDay = [24, 48, 96, 288].find((count) => high - low + 1 <= count + count / 24) ?? 24;
  const stepMs = DAY / perDay;
  const counts = new Map<number, Set<number>>();
  for (let i = 0; i < days.length; i++) {
    const set = counts.get(days[i]);
    if (set) set.add(slots[i]);
    else counts.set(days[i], new Set([slots[i]]));
  }
  const exact = zone === undefined ? null : wallToUtc(days, zone).utc;
  for (let i = 0; i < days.length; i++) {
    const slot = slots[i] - low;
    const size = counts.get(days[i])?.size ?? perDay;
    if (exact && size !== perDay) days[i] = utcToWall(Float64Array.of(exact[i] + slot * stepMs), zone!)[0];
    else days[i] += countedClock(slot, size, stepMs, 2);
  }
}
