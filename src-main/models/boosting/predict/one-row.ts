/**
 * @file One row at a time, fast: where a forecast steps from hour to hour there is no batch to share work with.
 *
 * Every way a column is asked (missing left, missing right, zero as missing, a set of codes) is a slot, filled once per row so
 * that each question is `slot > limit`. Going down is then arithmetic without a branch to guess, four trees side by side so
 * that their loads do not wait for each other, a fixed number of steps: leaves lead to themselves. The leaves are those of
 * `walk.ts`, which the tests hold this to.
 */
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { readThresholds, zeroThreshold } from './walk.ts';

/**
 * Finds the leaf of every tree for the row that begins at `at` in `values` (read values, as for a walk): `out[t]` is the
 * leaf's place in the ensemble's own arrays, nodes or leaves of all trees counted through.
 */
export type FindLeaves = (values: Float64Array, at: number, out: Int32Array) => void;

/** Deeper trees are unbalanced: walking them to their leaf is less work than stepping to the deepest. */
const mostSteps = 16;

/** @returns null for a model with thresholds that are not finite, which is walked */
export function createFindLeaves(ensemble: TreeEnsemble): FindLeaves | null {
  const limits = readThresholds(ensemble);
  const { trees } = ensemble;
  const asked = trees.shape === 'nodes' ? trees.start[trees.start.length - 1] : limits.length;
  for (let i = 0; i < asked; i++) if (trees.feature[i] >= 0 && !Number.isFinite(limits[i])) return null;
  return trees.shape === 'nodes' ? nodeLeaves(ensemble, trees, limits) : symmetricLeaves(trees, limits);
}

// --- slots ------------------------------------------------------------------------------------------------------------
const kinds = { number: 0, set: 1, equal: 2 } as const;

interface Slot {
  readonly column: number;
  readonly kind: (typeof kinds)[keyof typeof kinds];
  /** nodeFlag bits */
  readonly flags: number;
  /** number of the set, or the code */
  readonly of: number;
}

function createSlots() {
  const slots: Slot[] = [];
  /** by column and flags */
  const numbers: number[] = [];
  const codes = new Map<string, number>();
  return {
    slots,
    number: (column: number, flags: number): number =>
      (numbers[column * 16 + flags] ??= slots.push({ column, kind: kinds.number, flags, of: 0 }) - 1),
    code(slot: Slot): number {
      const key = `${slot.column} ${slot.kind} ${slot.flags} ${slot.of}`;
      let number = codes.get(key);
      if (number === undefined) {
        number = slots.push(slot) - 1;
        codes.set(key, number);
      }
      return number;
    },
  };
}

const zeroOrNone = nodeFlag.missingNone | nodeFlag.missingZero;

/** Fills the slots of a row: of numbers the value, minus or plus infinity for missing ones; of sets and codes 0 or 1. */
function createFill(slots: readonly Slot[], trees: NodeTrees | SymmetricTrees) {
  const { length } = slots;
  const column = Int32Array.from(slots, (slot) => slot.column);
  const kind = Uint8Array.from(slots, (slot) => slot.kind);
  const flags = Uint8Array.from(slots, (slot) => slot.flags);
  const of = Float64Array.from(slots, (slot) => slot.of);
  const filled = new Float64Array(Math.max(1, length));
  const isRight = (x: number, flag: number, set: number, { setStart, setBits }: NodeTrees): boolean => {
    if (x !== x) return (flag & zeroOrNone) !== 0 || (flag & nodeFlag.defaultLeft) === 0;
    const from = setStart[set];
    if (!(x >= 0 && x < (setStart[set + 1] - from) << 5) || x !== Math.floor(x)) return true;
    return ((setBits[from + (x >> 5)] >>> (x & 31)) & 1) === 0;
  };
  const fill = (values: Float64Array, at: number): void => {
    for (let s = 0; s < length; s++) {
      let x = values[at + column[s]];
      const flag = flags[s];
      if (kind[s] === kinds.equal) x = x === of[s] ? 1 : 0;
      else if (kind[s] === kinds.set) x = isRight(x, flag, of[s], trees as NodeTrees) ? 1 : 0;
      else {
        if (x !== x && (flag & zeroOrNone) !== 0) x = 0;
        if (x !== x || ((flag & nodeFlag.missingZero) !== 0 && Math.abs(x) <= zeroThreshold))
          x = (flag & nodeFlag.defaultLeft) !== 0 ? -Infinity : Infinity;
      }
      filled[s] = x;
    }
  };
  return { filled, fill };
}

// --- trees of nodes ---------------------------------------------------------------------------------------------------
const bits = new BigInt64Array(1);
const float = new Float64Array(bits.buffer);

/** The largest number less than a finite x: `v < x` is `v <= below(x)`. */
function below(x: number): number {
  if (x === 0) return -Number.MIN_VALUE;
  float[0] = x;
  bits[0] += x > 0 ? -1n : 1n;
  return float[0];
}

function nodeLeaves(ensemble: TreeEnsemble, trees: NodeTrees, thresholds: Float64Array): FindLeaves {
  const { start, feature, left, right, flags } = trees;
  const count = start.length - 1;
  const total = start[count];
  const isLess = ensemble.compare === 'lt';
  const slots = createSlots();
  const depths = new Int32Array(count);
  const slot = new Int32Array(total);
  const child = new Int32Array(total);
  const limit = new Float64Array(total);
  const place = new Int32Array(total);
  const depthOf = new Int32Array(total);
  // nodes of a tree in order of depth, siblings side by side; each tree keeps its stretch of the arrays
  for (let t = 0; t < count; t++) {
    const root = start[t];
    let end = root + 1;
    place[root] = root;
    depthOf[root] = 0;
    for (let me = root; me < end; me++) {
      const at = place[me];
      if (feature[at] < 0) {
        limit[me] = Infinity;
        child[me] = me;
        depths[t] = depthOf[me]; // the last ones are the deepest
        continue;
      }
      const isSet = (flags[at] & nodeFlag.category) !== 0;
      slot[me] = isSet
        ? slots.code({ column: feature[at], kind: kinds.set, flags: flags[at], of: thresholds[at] })
        : slots.number(feature[at], flags[at]);
      limit[me] = isSet ? 0.5 : isLess ? below(thresholds[at]) : thresholds[at];
      child[me] = end;
      place[end] = root + left[at];
      place[end + 1] = root + right[at];
      depthOf[end] = depthOf[end + 1] = depthOf[me] + 1;
      end += 2;
    }
  }
  // trees of one depth go down together
  const order = Int32Array.from({ length: count }, (_, t) => t).sort(
    (a, b) => depths[a] - depths[b] || a - b,
  );
  const { filled, fill } = createFill(slots.slots, trees);
  const even = depths.filter((depth) => depth <= mostSteps).length & ~3;

  return (values, at, out) => {
    fill(values, at);
    for (let t = 0; t < even; t += 4) {
      const [one, two, three, four] = [order[t], order[t + 1], order[t + 2], order[t + 3]];
      let a = start[one];
      let b = start[two];
      let c = start[three];
      let d = start[four];
      for (let steps = depths[four]; steps > 0; steps--) {
        a = child[a] + (Number(filled[slot[a]] > limit[a]) | 0);
        b = child[b] + (Number(filled[slot[b]] > limit[b]) | 0);
        c = child[c] + (Number(filled[slot[c]] > limit[c]) | 0);
        d = child[d] + (Number(filled[slot[d]] > limit[d]) | 0);
      }
      out[one] = place[a];
      out[two] = place[b];
      out[three] = place[c];
      out[four] = place[d];
    }
    for (let t = even; t < count; t++) {
      let me = start[order[t]];
      for (let next = child[me]; next !== me; next = child[me])
        me = next + (Number(filled[slot[me]] > limit[me]) | 0);
      out[order[t]] = place[me];
    }
  };
}

// --- symmetric trees --------------------------------------------------------------------------------------------------
function symmetricLeaves(trees: SymmetricTrees, borders: Float64Array): FindLeaves {
  const { start, leafStart, feature, equal } = trees;
  const count = start.length - 1;
  const slots = createSlots();
  const limit = Float64Array.from(borders);
  const slot = Int32Array.from(feature, (column, q) => {
    if (equal[q] !== 1) return slots.number(column, nodeFlag.defaultLeft);
    limit[q] = 0.5;
    return slots.code({ column, kind: kinds.equal, flags: 0, of: borders[q] });
  });
  const { filled, fill } = createFill(slots.slots, trees);
  return (values, at, out) => {
    fill(values, at);
    for (let t = 0; t < count; t++) {
      let leaf = 0;
      for (let q = start[t], end = start[t + 1], bit = 0; q < end; q++, bit++)
        leaf |= (Number(filled[slot[q]] > limit[q]) | 0) << bit;
      out[t] = leafStart[t] + leaf;
    }
  };
}
