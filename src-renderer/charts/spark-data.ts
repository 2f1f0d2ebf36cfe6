/** @file Heights of small bars. Pure. */

/**
 * Joins neighbouring bins until at most `most` are left and scales them by square root: in load data one bin often
 * holds half of all readings, and the others must still be seen.
 * @returns 0..1 each; a bin with any reading is at least 0.06 high
 */
export function barHeights(counts: readonly number[], most: number): readonly number[] {
  const per = Math.max(1, Math.ceil(counts.length / most));
  const joined: number[] = [];
  counts.forEach((count, i) => {
    const at = Math.floor(i / per);
    joined[at] = (joined[at] ?? 0) + count;
  });
  const top = Math.max(0, ...joined);
  return joined.map((count) => (count === 0 || top === 0 ? 0 : Math.max(0.06, Math.sqrt(count / top))));
}
