/**
 * @file One plain form of an ensemble for writers: trees of nodes, one value per leaf, the factor on the sum inside of the
 * leaves. A question of a symmetric tree becomes a level of nodes; a leaf of several outputs one tree for each.
 */
import { nodeFlag, treeCount } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { notExportable } from './model-file.ts';
import { TreeBuilder } from './tree-builder.ts';
import type { SourceTree } from './tree-builder.ts';

export interface NodeForm extends TreeEnsemble {
  readonly trees: NodeTrees;
  readonly leafWidth: 1;
  readonly scale: 1;
}

/** Nodes that expanding symmetric trees may make. */
const maxNodes = 50_000_000;

/**
 * @param format named in errors
 * @throws AppError `model-not-exportable` for models with derived columns
 */
export function nodeForm(ensemble: TreeEnsemble, format: string): NodeForm {
  if (ensemble.derived.length > 0)
    throw notExportable(
      format,
      'it looks up target statistics of categories (CTR), which this format cannot hold',
      'Export it as catboost-json, or train with one_hot_max_size larger than the number of categories.',
    );
  const nodes = ensemble.trees.shape === 'nodes' ? ensemble.trees : expand(ensemble, ensemble.trees, format);
  const symmetric = ensemble.trees.shape === 'symmetric';
  const scaled =
    ensemble.scale === 1 ? nodes : { ...nodes, value: nodes.value.map((x) => x * ensemble.scale) };
  const plain = {
    ...ensemble,
    ...(symmetric ? { compare: 'le' as const, single: true } : {}),
    scale: 1 as const,
  };
  if (ensemble.leafWidth === 1) return { ...plain, trees: scaled, leafWidth: 1 };
  return { ...plain, ...splitOutputs(ensemble, scaled), leafWidth: 1 };
}

/** Level by level: the children of node i are 2 i + 1 (left) and 2 i + 2 (right). */
function expand(ensemble: TreeEnsemble, trees: SymmetricTrees, format: string): NodeTrees {
  const count = treeCount(ensemble);
  const total = 2 * trees.weight.length;
  if (total > maxNodes)
    throw notExportable(format, `its trees unfold to ${total} nodes`, 'Export it as catboost-json.');
  const builder = new TreeBuilder(ensemble.leafWidth);
  const never = (what: string): never => {
    throw notExportable(format, what, 'Export it as catboost-json.');
  };
  for (let t = 0; t < count; t++) {
    const from = trees.start[t];
    const depth = trees.start[t + 1] - from;
    const inner = 2 ** depth - 1;
    const cover = new Float64Array(inner * 2 + 1);
    // answers along the path, the first question as the lowest bit
    const leafOf = (node: number): number => {
      let leaf = 0;
      for (let at = node; at > 0; at = (at - 1) >> 1) {
        const level = 31 - Math.clz32(at + 1) - 1;
        if (answer(trees, from + level, at)) leaf |= 1 << level;
      }
      return leaf;
    };
    for (let node = inner * 2; node >= 0; node--)
      cover[node] =
        node >= inner
          ? trees.weight[trees.leafStart[t] + leafOf(node)]
          : cover[2 * node + 1] + cover[2 * node + 2];
    const tree: SourceTree = {
      nodes: inner * 2 + 1,
      left: (node) => (node >= inner ? -1 : 2 * node + 1),
      right: (node) => (node >= inner ? -1 : 2 * node + 2),
    };
    const sets = Array.from({ length: depth }, (_, level) => {
      const q = from + level;
      if (trees.equal[q] === 0) return -1;
      const code = trees.border[q];
      if (!(code >= 0)) return builder.set(new Uint32Array(0), never);
      const words = new Uint32Array((code >> 5) + 1);
      words[code >> 5] = 1 << (code & 31);
      return builder.set(words, never);
    });
    builder.add(
      tree,
      Int32Array.from({ length: inner * 2 + 1 }, (_, node) => node),
      (node) => {
        const common = { cover: cover[node], count: cover[node] };
        if (node >= inner) return { feature: -1, threshold: 0, flags: 0, gain: 0, ...common };
        const level = 31 - Math.clz32(node + 1);
        const q = from + level;
        const gain = trees.gain[q] / 2 ** level;
        if (trees.equal[q] === 1)
          return {
            feature: trees.feature[q],
            threshold: sets[level],
            flags: nodeFlag.category,
            gain,
            ...common,
          };
        // `value > border` is no for a missing value, unless it is read as larger than all
        const flags = ensemble.missingAs?.[trees.feature[q]] === 'max' ? 0 : nodeFlag.defaultLeft;
        return { feature: trees.feature[q], threshold: trees.border[q], flags, gain, ...common };
      },
      (node, out) => {
        if (node < inner) return;
        const at = (trees.leafStart[t] + leafOf(node)) * out.length;
        for (let k = 0; k < out.length; k++) out[k] = trees.value[at + k];
      },
    );
  }
  return builder.build();
}

/** Whether being at `node` means that the question above it was answered with yes: right for numbers, left for sets. */
function answer(trees: SymmetricTrees, question: number, node: number): boolean {
  const right = node % 2 === 0;
  return trees.equal[question] === 1 ? !right : right;
}

/** A tree of k values per leaf becomes k trees that differ in their leaves alone. */
function splitOutputs(
  ensemble: TreeEnsemble,
  trees: NodeTrees,
): Pick<TreeEnsemble, 'treeOutput' | 'treesPerRound'> & { trees: NodeTrees } {
  const { outputs } = ensemble;
  const count = treeCount(ensemble);
  const nodes = trees.feature.length;
  const repeat = <T extends Float64Array | Int32Array | Uint8Array>(
    of: T,
    make: (length: number) => T,
  ): T => {
    const out = make(nodes * outputs);
    for (let t = 0, at = 0; t < count; t++)
      for (let k = 0; k < outputs; k++) {
        out.set(of.subarray(trees.start[t], trees.start[t + 1]), at);
        at += trees.start[t + 1] - trees.start[t];
      }
    return out;
  };
  const ints = (of: Int32Array) => repeat(of, (length) => new Int32Array(length));
  const floats = (of: Float64Array) => repeat(of, (length) => new Float64Array(length));
  const start = new Int32Array(count * outputs + 1);
  const value = new Float64Array(nodes * outputs);
  const treeOutput = new Int32Array(count * outputs);
  for (let t = 0; t < count; t++)
    for (let k = 0; k < outputs; k++) {
      const tree = t * outputs + k;
      const size = trees.start[t + 1] - trees.start[t];
      start[tree + 1] = start[tree] + size;
      treeOutput[tree] = k;
      for (let i = 0; i < size; i++) value[start[tree] + i] = trees.value[(trees.start[t] + i) * outputs + k];
    }
  return {
    treeOutput,
    treesPerRound: ensemble.treesPerRound * outputs,
    trees: {
      ...trees,
      start,
      value,
      feature: ints(trees.feature),
      threshold: floats(trees.threshold),
      left: ints(trees.left),
      right: ints(trees.right),
      flags: repeat(trees.flags, (length) => new Uint8Array(length)),
      gain: floats(trees.gain),
      cover: floats(trees.cover),
      count: floats(trees.count),
    },
  };
}

/**
 * Adds `base[k]` to every leaf of the first tree of output k, for formats that hold no such number.
 * An output without a tree gets one of a single leaf.
 */
export function foldBase(ensemble: NodeForm): NodeForm {
  const { base, outputs } = ensemble;
  if (base.every((x) => x === 0)) return ensemble;
  const withTrees = new Set(ensemble.treeOutput);
  const grown = Array.from({ length: outputs }, (_, k) => k).every((k) => withTrees.has(k) || base[k] === 0)
    ? ensemble
    : addRound(ensemble);
  const { trees, treeOutput } = grown;
  const value = trees.value.slice();
  base.forEach((add, k) => {
    const t = treeOutput.indexOf(k);
    for (let i = trees.start[t]; t >= 0 && i < trees.start[t + 1]; i++) value[i] += add;
  });
  return { ...grown, base: new Float64Array(outputs), trees: { ...trees, value } };
}

/** Trees of one leaf that add nothing, one for every output and tree of a round, in front of the others. */
function addRound(ensemble: NodeForm): NodeForm {
  const { trees, outputs } = ensemble;
  const extra = Math.max(outputs, ensemble.treesPerRound);
  const front = <T extends Float64Array | Int32Array | Uint8Array>(
    of: T,
    make: (length: number) => T,
    fill = 0,
  ): T => {
    const out = make(of.length + extra);
    out.fill(fill, 0, extra);
    out.set(of, extra);
    return out;
  };
  const ints = (of: Int32Array, fill = 0) => front(of, (length) => new Int32Array(length), fill);
  const floats = (of: Float64Array) => front(of, (length) => new Float64Array(length));
  const start = new Int32Array(trees.start.length + extra);
  for (let i = 0; i < start.length; i++) start[i] = i < extra ? i : trees.start[i - extra] + extra;
  return {
    ...ensemble,
    treesPerRound: extra,
    treeOutput: ints(ensemble.treeOutput).map((output, t) => (t < extra ? t % outputs : output)),
    trees: {
      ...trees,
      start,
      feature: ints(trees.feature, -1),
      threshold: floats(trees.threshold),
      left: ints(trees.left),
      right: ints(trees.right),
      flags: front(trees.flags, (length) => new Uint8Array(length)),
      value: floats(trees.value),
      gain: floats(trees.gain),
      cover: floats(trees.cover),
      count: floats(trees.count),
    },
  };
}

/** Names of columns as they are, or an error: writers put them on one line or look columns up by them. */
export function uniqueNames(ensemble: TreeEnsemble, format: string): string[] {
  const names = ensemble.features.map(({ name }) => name);
  const twice = names.find((name, f) => names.indexOf(name) !== f);
  if (twice !== undefined)
    throw notExportable(
      format,
      `two columns are called ${JSON.stringify(twice)}`,
      'Give every column its own name.',
    );
  return names;
}
