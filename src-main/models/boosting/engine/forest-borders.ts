/** @file Where forests put the border of a split, as in scikit-learn: between the two values of the node that it divides. */
import type { Column } from './columns.ts';

/** right of every value; an infinite border cannot be written in JSON */
const beyondAll = 1e300;

/** The largest 64-bit number that is sure to lie below `edge` and above the next smaller number of 32 bits. */
const justBelow = (edge: number): number => edge - Math.max(Math.abs(edge) * 2 ** -26, 1e-46);

/**
 * Border after `bin`: rows go left when their value, in 32 bits, is <= it.
 * @param hasRows whether the node has rows in a bin
 * @param random null: midway (DecisionTree, splitter best); else a share of the way (splitter random)
 */
export function borderBetween(
  { values, borders: { edges, below } }: Column,
  bin: number,
  hasRows: (bin: number) => boolean,
  random: number | null,
): number {
  let left = bin;
  while (left > 0 && !hasRows(left)) left--;
  let right = bin + 1;
  while (right < values && !hasRows(right)) right++;
  if (right >= values) return beyondAll;
  const high = edges[right - 1];
  // of a sample of the rows the largest value of a bin is not known
  if (below === undefined) return justBelow(edges[left]);
  const low = below[left];
  if (random === null) return low / 2 + high / 2;
  const border = low + random * (high - low);
  return border < high ? border : low;
}

/** Shape (bins of values): the lowest value of each bin; of the first, which may have none below it, the highest. */
export function lowestValues({ values, borders: { edges, below } }: Column): Float64Array {
  const out = new Float64Array(values);
  out.set(edges, 1);
  out[0] = below?.[0] ?? edges[0];
  return out;
}
