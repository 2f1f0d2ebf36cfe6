/**
 * @file The ways in which an ensemble asks its columns. Each becomes one or several columns of byte codes; a question becomes a
 * column and a key.
 */
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { readThresholds, readings } from './walk.ts';

/** Thresholds that a byte tells apart; 255 is missing. */
const perChunk = 254;

/** How a group compares, as the kernel numbers it. */
export const kindOf = { lt: 0, le: 1, set: 2, equal: 3 } as const;

/** thresholds of a group as they are met, with repetitions */
class Limits {
  #values = new Float64Array(64);
  #length = 0;
  add(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }
  /** ascending, each once */
  sorted(): Float64Array {
    const all = this.#values.subarray(0, this.#length).sort();
    let kept = 0;
    for (const value of all) if (kept === 0 || all[kept - 1] !== value) all[kept++] = value;
    return all.slice(0, kept);
  }
}

/** One column, read in one way. */
export interface Group {
  readonly column: number;
  readonly kind: number;
  readonly flags: number;
  readonly missingCode: number;
  readonly missing: number;
  /** sorted thresholds, one code, or the words of a set */
  data: Float64Array | Uint32Array;
  first: number;
  chunks: number;
}

/** A question in terms of codes: `code <= key` (nodes) or `code > key` (symmetric trees). */
export interface Question {
  readonly code: number;
  readonly key: number;
}

export interface Groups {
  readonly groups: readonly Group[];
  /** the question of a node or of a level, by its place in the arrays */
  readonly questionOf: (at: number) => Question;
  readonly codes: number;
}

function finish(groups: ReadonlyMap<string, Group & { readonly limits: Limits }>): {
  readonly groups: readonly Group[];
  readonly codes: number;
} {
  let codes = 0;
  for (const group of groups.values()) {
    if (group.kind === kindOf.lt || group.kind === kindOf.le) {
      group.data = group.limits.sorted();
      group.chunks = Math.ceil(group.data.length / perChunk);
    }
    group.first = codes;
    codes += group.chunks;
  }
  return { groups: [...groups.values()], codes };
}

function place(group: Group, limit: number): Question {
  let low = 0;
  let high = group.data.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (group.data[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return { code: group.first + Math.floor(low / perChunk), key: low % perChunk };
}

/** Of trees of nodes: by column, way of reading missing values and, for categories, set. */
export function nodeGroups(ensemble: TreeEnsemble): Groups {
  const trees = ensemble.trees as NodeTrees;
  const { feature, flags, setStart, setBits } = trees;
  const threshold = readThresholds(ensemble);
  const reading = readings(ensemble);
  const all = new Map<string, Group & { readonly limits: Limits }>();
  const groupOf: (Group & { readonly limits: Limits })[] = [];
  /** groups of numbers by column and way of reading: looking them up by text would take longer than all the rest */
  const numeric: (Group & { readonly limits: Limits })[] = [];
  const noWords = new Uint32Array(0);
  for (let at = 0; at < feature.length; at++) {
    const column = feature[at];
    if (column < 0) continue;
    const flag = flags[at];
    const { single, missing } = reading[column];
    const none = flag & (nodeFlag.missingNone | nodeFlag.missingZero);
    const isSet = (flag & nodeFlag.category) !== 0;
    const words = isSet ? setBits.subarray(setStart[threshold[at]], setStart[threshold[at] + 1]) : noWords;
    let group = isSet ? undefined : numeric[column * 16 + none];
    const key = isSet ? `${column} ${none > 0} ${words.join()}` : '';
    if (isSet) group = all.get(key);
    if (group === undefined) {
      const numberFlags =
        (single ? 1 : 0) | (none > 0 ? 2 : 0) | ((none & nodeFlag.missingZero) !== 0 ? 4 : 0);
      group = {
        column,
        kind: isSet ? kindOf.set : kindOf[ensemble.compare],
        flags: isSet ? (none > 0 ? 8 : 0) : numberFlags,
        missingCode: 255,
        missing,
        data: words,
        first: 0,
        chunks: 1,
        limits: new Limits(),
      };
      if (isSet) all.set(key, group);
      else {
        numeric[column * 16 + none] = group;
        all.set(`${column} ${none}`, group);
      }
    }
    if (!isSet) group.limits.add(threshold[at]);
    groupOf[at] = group;
  }
  const done = finish(all);
  return {
    ...done,
    questionOf: (at) => {
      const group = groupOf[at];
      return group.kind === kindOf.set ? { code: group.first, key: 0 } : place(group, threshold[at]);
    },
  };
}

/** Of symmetric trees: by column and, for categories, code. */
export function symmetricGroups(ensemble: TreeEnsemble): Groups {
  const { feature, equal } = ensemble.trees as SymmetricTrees;
  const border = readThresholds(ensemble);
  const reading = readings(ensemble);
  const all = new Map<string, Group & { readonly limits: Limits }>();
  const groupOf: (Group & { readonly limits: Limits })[] = [];
  for (let at = 0; at < feature.length; at++) {
    const column = feature[at];
    const { single, missing } = reading[column];
    const key = equal[at] === 1 ? `${column} ${border[at]}` : `${column}`;
    let group = all.get(key);
    if (group === undefined) {
      group = {
        column,
        kind: equal[at] === 1 ? kindOf.equal : kindOf.le,
        flags: single ? 1 : 0,
        missingCode: 0, // missing that is neither less nor greater than all: no
        missing,
        data: Float64Array.of(border[at]),
        first: 0,
        chunks: 1,
        limits: new Limits(),
      };
      all.set(key, group);
    }
    group.limits.add(border[at]);
    groupOf[at] = group;
  }
  const done = finish(all);
  return {
    ...done,
    questionOf: (at) => {
      const group = groupOf[at];
      return group.kind === kindOf.equal ? { code: group.first, key: 0 } : place(group, border[at]);
    },
  };
}
