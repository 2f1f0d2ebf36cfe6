/** @file Minimal cost-complexity pruning of one tree, scikit-learn's ccp_alpha. */
import type { NodeTrees } from '../ensemble.ts';

/**
 * Takes away the branches whose gains do not pay for their leaves: of all trees that pruning can leave, the smallest that costs
 * least, the loss plus `leafPrice` for each leaf.
 * @param trees exactly one tree
 * @param leafPrice in units of gains; 0 leaves the tree as it is
 * @see Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees" (1984), chapter 3
 */
export function prune(trees: NodeTrees, leafPrice: number): NodeTrees {
  if (leafPrice <= 0) return trees;
  const nodes = trees.feature.length;
  const worth = new Float64Array(nodes);
  // children come after their parent
  for (let node = nodes - 1; node >= 0; node--) {
    if (trees.feature[node] < 0) continue;
    worth[node] = Math.max(
      0,
      trees.gain[node] - leafPrice + worth[trees.left[node]] + worth[trees.right[node]],
    );
  }
  const isSplit = (node: number): boolean => trees.feature[node] >= 0 && worth[node] > 0;
  const kept: number[] = [0];
  const newLeft: number[] = [];
  for (let at = 0; at < kept.length; at++) {
    const node = kept[at];
    newLeft.push(isSplit(node) ? kept.length : 0);
    if (isSplit(node)) kept.push(trees.left[node], trees.right[node]);
  }
  if (kept.length === nodes) return trees;
  const pick = <T extends Int32Array | Float64Array | Uint8Array>(values: T, leaf: number | null): T => {
    const out = values.slice(0, kept.length) as T;
    kept.forEach((node, at) => (out[at] = leaf !== null && newLeft[at] === 0 ? leaf : values[node]));
    return out;
  };
  return {
    ...trees,
    start: Int32Array.of(0, kept.length),
    feature: pick(trees.feature, -1),
    threshold: pick(trees.threshold, 0),
    left: Int32Array.from(newLeft),
    right: Int32Array.from(newLeft, (left) => (left === 0 ? 0 : left + 1)),
    flags: pick(trees.flags, 0),
    value: pick(trees.value, null),
    gain: pick(trees.gain, 0),
    cover: pick(trees.cover, null),
    count: pick(trees.count, null),
  };
}
