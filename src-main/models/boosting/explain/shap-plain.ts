/**
 * @file TreeSHAP one row at a time, for trees of any depth, in time linear in the nodes.
 *
 * The Shapley value of a player is an integral over t in [0, 1] of the slope of the game's multilinear extension: every
 * other player is present with probability t. For a leaf reached by players i, each with `z_i` (1: the row agrees with all
 * its splits on the path, else 0) and `r_i` (product of the shares of rows that went the leaf's way at its splits), the
 * extension is `value x prod_i a_i(t)` with `a_i(t) = z_i t + r_i (1 - t)`, so that
 *
 *   contribution_i = value x integral of (z_i - r_i) x prod_{j != i} a_j(t) dt
 *
 * which Gauss-Legendre quadrature with half as many nodes as players gives exactly, all factors being positive. Sums over
 * the leaves below an edge are shared, as in Linear TreeSHAP.
 * @see Owen, "Multilinear Extensions of Games", Management Science 18 (1972); Lundberg et al., "From local explanations to
 * global understanding with explainable AI for trees", Nature Machine Intelligence 2 (2020), Algorithm 2 (same values);
 * Yu et al., "Linear TreeShap" (2022)
 */
import { gaussLegendre } from './quadrature.ts';
import type { WeightedTree } from './weighted-trees.ts';

/**
 * Adds one row's contributions.
 * @param playerOf shape (columns): player of each column
 * @param right per question: 1 where the row goes right
 * @param component which value of the leaves counts
 * @param depth most different players on a path, see `pathPlayers`
 * @param out shape (players)
 */
export function addPlain(
  tree: WeightedTree,
  playerOf: Int32Array,
  right: Uint8Array,
  width: number,
  component: number,
  depth: number,
  out: Float64Array,
): void {
  if (tree.question[0] < 0) return;
  const { node: t, weight } = gaussLegendre(Math.max(1, (depth + 1) >> 1));
  const points = t.length;
  /** state of each player on the way down: agrees so far, share so far */
  const agrees = new Uint8Array(out.length).fill(1);
  const share = new Float64Array(out.length).fill(1);

  const visit = (node: number, product: Float64Array): Float64Array => {
    const q = tree.question[node];
    if (q < 0) {
      const value = tree.value[node * width + component];
      return product.map((factor) => factor * value);
    }
    const player = playerOf[tree.questions[q].column];
    const z0 = agrees[player];
    const r0 = share[player];
    const sum = new Float64Array(points);
    for (let side = 0; side < 2; side++) {
      const child = side === 0 ? tree.left[node] : tree.right[node];
      const z1 = z0 & (right[q] === side ? 1 : 0);
      const r1 = r0 * tree.share[child];
      const below = new Float64Array(points);
      for (let k = 0; k < points; k++)
        below[k] = (product[k] * (z1 * t[k] + r1 * (1 - t[k]))) / (z0 * t[k] + r0 * (1 - t[k]));
      agrees[player] = z1;
      share[player] = r1;
      const total = visit(child, below);
      let gained = 0;
      for (let k = 0; k < points; k++) {
        // what this player's earlier splits already had of these leaves is taken back: the last split knows all
        const own = (z1 - r1) / (z1 * t[k] + r1 * (1 - t[k])) - (z0 - r0) / (z0 * t[k] + r0 * (1 - t[k]));
        gained += weight[k] * own * total[k];
        sum[k] += total[k];
      }
      out[player] += gained;
    }
    agrees[player] = z0;
    share[player] = r0;
    return sum;
  };
  visit(0, new Float64Array(points).fill(1));
}

/** Most different players on the path to a leaf. */
export function pathPlayers(tree: WeightedTree, playerOf: Int32Array): number {
  const seen = new Map<number, number>();
  let most = 0;
  const visit = (node: number): void => {
    const q = tree.question[node];
    if (q < 0) {
      most = Math.max(most, seen.size);
      return;
    }
    const player = playerOf[tree.questions[q].column];
    const before = seen.get(player) ?? 0;
    seen.set(player, before + 1);
    visit(tree.left[node]);
    visit(tree.right[node]);
    if (before === 0) seen.delete(player);
    else seen.set(player, before);
  };
  visit(0);
  return most;
}
