/** @file The nearest existing name, for hints. */
import { distance } from 'fastest-levenshtein';

/** @returns a hint that names the closest candidate, or lists a few, or nothing when there are none */
export function nearestHint(wanted: string, candidates: readonly string[], what: string): string | undefined {
  if (candidates.length === 0) return `There is no ${what} yet.`;
  const ranked = candidates
    .map((name) => ({ name, far: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0]!;
  if (best.far <= Math.max(2, Math.floor(wanted.length / 2))) return `Did you mean "${best.name}"?`;
  const shown = candidates.slice(0, 8).map((name) => `"${name}"`);
  return `There are: ${shown.join(', ')}${candidates.length > shown.length ? ', …' : ''}.`;
}
