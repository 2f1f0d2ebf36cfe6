/** @file Training curves on one axis of rounds. Pure. */
import type { Curve, Curves } from '../stores/runs-reduce.ts';

/**
 * One row per round that any curve has, thinned to at most `most` rows (first and last stay), so that ten thousand
 * rounds draw as fast as a hundred.
 */
export function curveRows(curves: Curves, most: number): Record<string, number | null>[] {
  const names = Object.keys(curves);
  const rounds = [...new Set(names.flatMap((name) => curves[name].x))].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(rounds.length / most));
  const shown = rounds.filter((_, i) => i % every === 0 || i === rounds.length - 1);
  const values = names.map((name) => new Map(curves[name].x.map((x, i) => [x, curves[name].y[i]])));
  return shown.map((x) => ({
    x,
    ...Object.fromEntries(names.map((name, i) => [name, values[i].get(x) ?? null])),
  }));
}

/** Curves as the service stores them, by name. */
export const curvesByName = (
  curves: readonly { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[] }[],
): Curves => Object.fromEntries(curves.map(({ name, x, y }): [string, Curve] => [name, { x, y }]));
