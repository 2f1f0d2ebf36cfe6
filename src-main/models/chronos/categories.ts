/** @file Categories as numbers, by the original's definition: means of the target, or codes where there are several targets. */

import type { CategoryColumn } from '../../data/frame.ts';

export interface CategoricalItem {
  /** shape (targets)(steps) */
  readonly targets: readonly (Float32Array | Float64Array)[];
  /** null: missing */
  readonly past: readonly (string | null)[];
  readonly future: readonly (string | null)[];
}

export interface EncodedCategories {
  readonly past: Float32Array;
  readonly future: Float32Array;
}

/** Rows `from .. until - 1` of a column, as an item takes them. */
export const textsOf = ({ codes, levels }: CategoryColumn, from: number, until: number): (string | null)[] =>
  Array.from(codes.subarray(from, until), (code) => (code < 0 ? null : levels[code]));

/**
 * One covariate of several items. With one target, an item's category becomes (item mean + sum of the target where the category
 * stands) / (1 + count); a category that the item never had, its mean. With several targets, the rank among all categories
 * of all items; missing is one more category, and NaN a category that was never seen.
 */
export function encodeCategories(items: readonly CategoricalItem[]): EncodedCategories[] {
  if (items.some((item) => item.targets.length > 1)) return ordinals(items);
  return items.map((item) => {
    const [target] = item.targets;
    const sums = new Map<string | null, { sum: number; count: number }>();
    let total = 0;
    let seen = 0;
    item.past.forEach((category, i) => {
      const value = target[i];
      if (!Number.isFinite(value)) return;
      total += value;
      seen++;
      const entry = sums.get(category) ?? { sum: 0, count: 0 };
      sums.set(category, { sum: entry.sum + value, count: entry.count + 1 });
    });
    const mean = seen === 0 ? 0 : total / seen;
    const value = (category: string | null): number => {
      const { sum, count } = sums.get(category) ?? { sum: 0, count: 0 };
      return (mean + sum) / (1 + count);
    };
    return { past: Float32Array.from(item.past, value), future: Float32Array.from(item.future, value) };
  });
}

function ordinals(items: readonly CategoricalItem[]): EncodedCategories[] {
  const all = new Set(items.flatMap((item) => item.past.filter((category) => category !== null)));
  const rank = new Map([...all].sort().map((category, i) => [category, i]));
  const value = (category: string | null): number =>
    category === null ? rank.size : (rank.get(category) ?? Number.NaN);
  return items.map((item) => ({
    past: Float32Array.from(item.past, value),
    future: Float32Array.from(item.future, value),
  }));
}
