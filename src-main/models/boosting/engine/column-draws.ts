/** @file Which columns a tree, a level or a node may split on: drawn shares and interaction constraints. */
import { createRandom, sampleIndices } from '../../random.ts';
import type { GrowerOptions } from './types.ts';

/** LightGBM rounds and keeps two at least; XGBoost and CatBoost round down and keep one. */
function shareOf(count: number, share: number, options: GrowerOptions): number {
  if (options.policy === 'leafwise') return Math.max(Math.min(2, count), Math.round(count * share));
  return Math.max(1, Math.floor(count * share));
}

function draw(from: Int32Array, share: number, options: GrowerOptions, ...stream: number[]): Int32Array {
  if (share >= 1) return from;
  const chosen = sampleIndices(
    createRandom(options.seed, ...stream),
    from.length,
    shareOf(from.length, share, options),
  );
  return Int32Array.from(chosen, (i) => from[i]);
}

/** @param present columns that have bins, ascending */
export const columnsOfTree = (present: Int32Array, options: GrowerOptions, tree: number): Int32Array =>
  draw(present, options.columnShare.tree, options, tree, 1);

export const columnsOfLevel = (
  ofTree: Int32Array,
  options: GrowerOptions,
  tree: number,
  depth: number,
): Int32Array => draw(ofTree, options.columnShare.level, options, tree, 2, depth);

export const columnsOfNode = (
  ofLevel: Int32Array,
  options: GrowerOptions,
  tree: number,
  node: number,
): Int32Array => draw(ofLevel, options.columnShare.node, options, tree, 3, node);

/**
 * Columns of a forest's node in the order they are drawn in, all of them; those that the whole data hold constant are left out.
 * @param first how many of them are tried whatever they hold; the constant ones count
 */
export function columnsInTurn(
  present: Int32Array,
  all: number,
  options: GrowerOptions,
  tree: number,
  node: number,
): { readonly order: readonly number[]; readonly first: number } {
  const random = createRandom(options.seed, tree, 3, node);
  const order = Int32Array.from({ length: all }, (_, f) => f);
  for (let i = 0; i < all - 1; i++) {
    const j = i + random.integer(all - i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const known = new Set(present);
  const wanted = options.forest?.columns ?? all;
  return {
    order: [...order].filter((f) => known.has(f)),
    first: order.subarray(0, wanted).filter((f) => known.has(f)).length,
  };
}

/**
 * Columns that may follow on a path: those of every group that holds the whole path, and the path itself.
 * @param path columns split on above
 * @returns null: any
 */
export function allowedAfter(
  path: readonly number[],
  interactions: readonly (readonly number[])[],
): Set<number> | null {
  if (path.length === 0) return null;
  const allowed = new Set(path);
  for (const group of interactions)
    if (path.every((f) => group.includes(f))) for (const f of group) allowed.add(f);
  return allowed;
}
