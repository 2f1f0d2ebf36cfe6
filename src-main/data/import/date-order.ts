/** @file Is `03/04/2018` the third of April? Decided by the whole column: impossible months first, then regular steps. */
import type { ImportQuestion } from '../../../src-preload/contract/index.ts';
import { dayOfKey, stampsToMs } from './stamp-reader.ts';
import { SHORT, UNREADABLE, YEAR_LAST } from './stamp-text.ts';
import type { DateOrder } from './stamp-text.ts';

export interface OrderDecision {
  readonly order: DateOrder;
  /** what decided: `given`, `year-first` (nothing to decide), `impossible` other readings, `regular` steps; else `open` */
  readonly by: 'given' | 'year-first' | 'impossible' | 'regular' | 'open';
  /** orders that are as good when `by` is `open` */
  readonly candidates: readonly DateOrder[];
  /** some row names a day that does not exist under {@link order} */
  readonly invalidDays: boolean;
}

/**
 * @param keys shape (n), see stamp-text.ts
 * @param ms since midnight, shape (n)
 */
export function decideOrder(keys: Int32Array, ms: Int32Array, given: DateOrder | undefined): OrderDecision {
  const all = distinctDays(keys);
  const decided = decide(
    keys,
    ms,
    all.filter((key) => key & (YEAR_LAST | SHORT)),
    given,
  );
  return { ...decided, invalidDays: all.some((key) => Number.isNaN(dayOfKey(key, decided.order))) };
}

function decide(
  keys: Int32Array,
  ms: Int32Array,
  days: readonly number[],
  given: DateOrder | undefined,
): Omit<OrderDecision, 'invalidDays'> {
  if (days.length === 0) return { order: given ?? 'ymd', by: 'year-first', candidates: [] };
  if (given !== undefined) return { order: given, by: 'given', candidates: [] };
  const orders: DateOrder[] = days.some((key) => key & SHORT) ? ['dmy', 'mdy', 'ymd'] : ['dmy', 'mdy'];
  const bad = orders.map((order) => days.filter((key) => Number.isNaN(dayOfKey(key, order))).length);
  const fewest = Math.min(...bad);
  const possible = orders.filter((_, i) => bad[i] === fewest);
  if (possible.length === 1) return { order: possible[0], by: 'impossible', candidates: [] };
  const breaks = possible.map((order) => irregularities(keys, ms, order));
  const best = Math.min(...breaks.map((entry) => entry.breaks));
  const clear = possible.filter((_, i) => breaks[i].breaks === best);
  const others = breaks.filter((entry) => entry.breaks !== best);
  // Only steps within the day tell: daily and monthly rows look regular under more than one order.
  const within = breaks.every((entry) => entry.step < 86_400_000);
  if (clear.length === 1 && within && others.every((entry) => entry.breaks >= Math.max(2, 3 * best)))
    return { order: clear[0], by: 'regular', candidates: [] };
  // daily rows: an order under which the days run on without a jump beats one that jumps to and fro
  if (clear.length === 1 && best === 0 && others.every((entry) => entry.backward > 1))
    return { order: clear[0], by: 'regular', candidates: [] };
  const tied = possible.includes('dmy') ? 'dmy' : possible[0];
  return { order: clear.length === 1 ? clear[0] : tied, by: 'open', candidates: possible };
}

/** Each day once. */
function distinctDays(keys: Int32Array): number[] {
  const seen = new Set<number>();
  let last = UNREADABLE;
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] === last) continue;
    last = keys[i];
    if (last !== UNREADABLE) seen.add(last);
  }
  return [...seen];
}

function irregularities(
  keys: Int32Array,
  ms: Int32Array,
  order: DateOrder,
): { breaks: number; step: number; backward: number } {
  const time = stampsToMs(keys, ms, order).filter((value) => !Number.isNaN(value));
  const count = new Map<number, number>();
  let down = 0;
  let up = 0;
  for (let i = 1; i < time.length; i++) {
    const step = time[i] - time[i - 1];
    count.set(step, (count.get(step) ?? 0) + 1);
    if (step < 0) down++;
    else up++;
  }
  let step = 0;
  for (const [value, times] of count) if (times > (count.get(step) ?? 0)) step = value;
  return {
    breaks: Math.max(0, time.length - 1) - (count.get(step) ?? 0),
    step: Math.abs(step),
    backward: Math.min(down, up),
  };
}

const labels: Record<DateOrder, string> = {
  dmy: 'day, month, year',
  mdy: 'month, day, year',
  ymd: 'year, month, day',
};

export function orderQuestion(
  column: string,
  example: string,
  decision: OrderDecision,
  keys: Int32Array,
): ImportQuestion {
  const first = keys.find((key) => key !== UNREADABLE) ?? UNREADABLE;
  return {
    code: 'date-order',
    message: `The dates in '${column}', such as ${example}, fit more than one order of day and month. Which is it?`,
    option: 'dateOrder',
    choices: decision.candidates.map((order) => ({
      value: order,
      label: labels[order],
      example: `${example} = ${longDate(dayOfKey(first, order))}`,
    })),
    blocking: true,
  };
}

function longDate(ms: number): string {
  if (Number.isNaN(ms)) return '?';
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(ms);
}
