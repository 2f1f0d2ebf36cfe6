/** @file Ensembles cut short (early stopping) and put together (training that goes on from a model). */
import { AppError } from '../../../../src-preload/contract/index.ts';
import { nodeFlag, treeCount } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';

/** The first `rounds` boosting rounds; everything when there are no more than that. */
export function truncateEnsemble(ensemble: TreeEnsemble, rounds: number): TreeEnsemble {
  const trees = Math.min(treeCount(ensemble), rounds * ensemble.treesPerRound);
  return {
    ...ensemble,
    treeOutput: ensemble.treeOutput.slice(0, trees),
    trees:
      ensemble.trees.shape === 'nodes'
        ? firstNodeTrees(ensemble.trees, trees, ensemble.leafWidth)
        : firstSymmetricTrees(ensemble.trees, trees, ensemble.leafWidth),
  };
}

/**
 * The trees of `before`, then those of `after`; everything else is `before`'s.
 * @throws AppError `ensembles-differ` when the two do not read columns and add up alike
 */
export function concatEnsembles(before: TreeEnsemble, after: TreeEnsemble): TreeEnsemble {
  for (const key of ['outputs', 'leafWidth', 'scale', 'treesPerRound', 'compare', 'single'] as const)
    if (before[key] !== after[key]) throw differ(key, String(before[key]), String(after[key]));
  const [names, others] = [before, after].map((one) => one.features.map(({ name }) => name).join(', '));
  if (names !== others) throw differ('features', names, others);
  if (before.derived.length + after.derived.length > 0)
    throw differ(
      'derived',
      `${before.derived.length} columns`,
      `${after.derived.length} of another training`,
    );
  return {
    ...before,
    treeOutput: join(Int32Array, [before.treeOutput, after.treeOutput]),
    trees: concatTrees([before.trees, after.trees]),
  };
}

/**
 * All trees of several lists as one; sets of categories are renumbered.
 * @throws AppError `ensembles-differ` when node trees meet symmetric ones
 */
export function concatTrees<T extends NodeTrees | SymmetricTrees>(parts: readonly T[]): T;
export function concatTrees(parts: readonly (NodeTrees | SymmetricTrees)[]): NodeTrees | SymmetricTrees {
  const nodes = parts.filter((part) => part.shape === 'nodes');
  const symmetric = parts.filter((part) => part.shape === 'symmetric');
  if (symmetric.length === 0) return concatNodes(nodes);
  if (nodes.length === 0) return concatSymmetric(symmetric);
  throw differ('trees', 'trees of nodes', 'symmetric trees');
}

type Numbers = Float64Array | Int32Array | Uint8Array | Uint32Array;

/** One array after the other, in an array of the first one's kind (`kind`, for none at all). */
function join<T extends Numbers>(kind: new (length: number) => T, arrays: readonly T[]): T {
  const whole = new kind(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

/** Positions where parts begin, as one list: each part's are moved behind those before it. */
function joinStarts(starts: readonly Int32Array[]): Int32Array {
  const whole = [0];
  let end = 0;
  for (const start of starts) {
    for (let i = 1; i < start.length; i++) whole.push(end + start[i]);
    end += start[start.length - 1] ?? 0;
  }
  return Int32Array.from(whole);
}

function concatNodes(parts: readonly NodeTrees[]): NodeTrees {
  let sets = 0;
  const thresholds = parts.map(({ threshold, flags, setStart }) => {
    const moved =
      sets === 0
        ? threshold
        : threshold.map((x, at) => ((flags[at] & nodeFlag.category) !== 0 ? x + sets : x));
    sets += Math.max(0, setStart.length - 1);
    return moved;
  });
  const of = <K extends keyof NodeTrees>(key: K) => parts.map((part) => part[key]);
  return {
    shape: 'nodes',
    start: joinStarts(of('start')),
    feature: join(Int32Array, of('feature')),
    threshold: join(Float64Array, thresholds),
    left: join(Int32Array, of('left')),
    right: join(Int32Array, of('right')),
    flags: join(Uint8Array, of('flags')),
    value: join(Float64Array, of('value')),
    gain: join(Float64Array, of('gain')),
    cover: join(Float64Array, of('cover')),
    count: join(Float64Array, of('count')),
    setStart: sets === 0 ? new Int32Array(0) : joinStarts(of('setStart')),
    setBits: join(Uint32Array, of('setBits')),
  };
}

function concatSymmetric(parts: readonly SymmetricTrees[]): SymmetricTrees {
  const of = <K extends keyof SymmetricTrees>(key: K) => parts.map((part) => part[key]);
  return {
    shape: 'symmetric',
    start: joinStarts(of('start')),
    feature: join(Int32Array, of('feature')),
    border: join(Float64Array, of('border')),
    equal: join(Uint8Array, of('equal')),
    leafStart: joinStarts(of('leafStart')),
    value: join(Float64Array, of('value')),
    weight: join(Float64Array, of('weight')),
    gain: join(Float64Array, of('gain')),
  };
}

function firstNodeTrees(trees: NodeTrees, count: number, width: number): NodeTrees {
  const end = trees.start[count];
  return {
    ...trees, // sets of categories stay as they are: their numbers hold
    start: trees.start.slice(0, count + 1),
    feature: trees.feature.slice(0, end),
    threshold: trees.threshold.slice(0, end),
    left: trees.left.slice(0, end),
    right: trees.right.slice(0, end),
    flags: trees.flags.slice(0, end),
    value: trees.value.slice(0, end * width),
    gain: trees.gain.slice(0, end),
    cover: trees.cover.slice(0, end),
    count: trees.count.slice(0, end),
  };
}

function firstSymmetricTrees(trees: SymmetricTrees, count: number, width: number): SymmetricTrees {
  const end = trees.start[count];
  const leaves = trees.leafStart[count];
  return {
    shape: 'symmetric',
    start: trees.start.slice(0, count + 1),
    feature: trees.feature.slice(0, end),
    border: trees.border.slice(0, end),
    equal: trees.equal.slice(0, end),
    leafStart: trees.leafStart.slice(0, count + 1),
    value: trees.value.slice(0, leaves * width),
    weight: trees.weight.slice(0, leaves),
    gain: trees.gain.slice(0, end),
  };
}

function differ(field: string, before: string, after: string): AppError {
  return new AppError({
    code: 'ensembles-differ',
    message: `Training cannot go on from this model: its ${field} is ${before}, that of the new trees is ${after}.`,
    hint: 'Train with the settings and columns of the first model, or start anew.',
  });
}
