/** @file The name somebody most likely meant: near in spelling, whatever the case or the separators. */
import { distance } from 'fastest-levenshtein';

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_.\s]/g, '');

/**
 * @returns the nearest of `names`, or null when none is near: more than a third of the letters (at least two) differ.
 *   Ties go to the earlier name.
 */
export function nearest(name: string, names: readonly string[]): string | null {
  const wanted = plain(name);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of names) {
    const there = plain(candidate);
    const steps = distance(wanted, there);
    const allowed = Math.max(2, Math.floor(Math.max(wanted.length, there.length) / 3));
    // two edits turn any two-letter name into any other, so short names need a common letter
    if (steps > allowed || steps >= Math.max(wanted.length, there.length)) continue;
    if (steps < bestDistance) {
      best = candidate;
      bestDistance = steps;
    }
  }
  return best;
}
