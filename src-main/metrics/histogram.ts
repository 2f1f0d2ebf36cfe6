/** @file A histogram with edges a person would choose. */

const TARGET_BINS = 40;
const MAX_BINS = 120;

/** Smallest of 1, 2, 5 x 10^k that is not below `step`. */
export function niceStep(step: number): number {
  if (!(step > 0) || !Number.isFinite(step)) return 1;
  const power = 10 ** Math.floor(Math.log10(step) + 1e-9);
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= step * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/**
 * Counts per bin `[edge, next edge)`, the last one closed. Bin width follows the middle 98 % of the values, so a single
 * far value does not squash the rest into one bar; values beyond the outermost edges are counted in the outermost bins.
 * @param values finite
 */
export function histogram(values: Float64Array): { edges: number[]; counts: number[] } {
  if (values.length === 0) return { edges: [], counts: [] };
  const sorted = values.slice().sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  const low = at(0.01);
  const high = at(0.99);
  const spread = high - low > 0 ? high - low : Math.max(Math.abs(high), 1e-9);
  const step = niceStep(spread / TARGET_BINS);
  const first = Math.floor(Math.max(sorted[0], low - spread) / step);
  const last = Math.min(
    Math.floor(Math.min(sorted[sorted.length - 1], high + spread) / step),
    first + MAX_BINS - 1,
  );
  const bins = last - first + 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor(value / step) - first))]++;
  return { edges: Array.from({ length: bins + 1 }, (_, i) => round((first + i) * step)), counts };
}

/** 0.30000000000000004 -> 0.3 */
const round = (value: number): number => Number(value.toPrecision(12));
