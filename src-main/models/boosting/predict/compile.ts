/**
 * @file An ensemble as the batch kernel reads it (`assembly/index.ts` says what the numbers mean). Each way a column is
 * asked becomes one or several columns of byte codes; a question becomes a column, a key and how missing rows go.
 */
import { nodeFlag, treeCount } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { readThresholds, readings } from './walk.ts';

export interface CompiledEnsemble {
  /** to be written at `imageAt` */
  readonly image: Uint8Array;
  /** columns of codes */
  readonly codes: number;
  /** addresses and counts of the head, by its byte offset */
  readonly head: readonly (readonly [offset: number, value: number])[];
  readonly scale: number;
}

/** Thresholds that a byte tells apart; 255 is missing. */
const perChunk = 254;
/** More columns of codes than this do not stay in cache, and a question numbers its column with 16 bits. */
const maxCodes = 16_384;
/** Inner nodes up to which a tree is computed for all rows at once instead of walked. */
const maxSelect = 255;

const kindOf = { lt: 0, le: 1, set: 2, equal: 3 } as const;

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

interface Group {
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
interface Question {
  readonly code: number;
  readonly key: number;
}

/** @returns null when the model asks so much that its codes would not stay in cache: it is walked row by row */
export function compileEnsemble(ensemble: TreeEnsemble, imageAt: number): CompiledEnsemble | null {
  const { groups, questionOf, codes } = ensemble.trees.shape === 'nodes' ? nodeGroups(ensemble) : symmetricGroups(ensemble);
  if (codes > maxCodes) return null;
  const image = createImage(imageAt);
  const groupsAt = writeGroups(image, groups);
  const count = treeCount(ensemble);
  const trees = Array.from({ length: count }, (_, t) =>
    ensemble.trees.shape === 'nodes'
      ? writeNodes(image, ensemble, ensemble.trees, t, questionOf)
      : writeSymmetric(image, ensemble, ensemble.trees, t, questionOf),
  );
  const treesAt = image.words(
    trees.flatMap(({ kind, program, count, values, depth }, t) => [
      ...[kind, program, count, values, ensemble.treeOutput[t], depth, 0, 0],
    ]),
  );
  const baseAt = image.floats(ensemble.base);
  return {
    image: image.bytes(),
    codes,
    head: [
      [0, groupsAt],
      [4, groups.length],
      [8, treesAt],
      [12, count],
      [16, ensemble.outputs],
      [20, ensemble.leafWidth],
      [24, baseAt],
    ],
    scale: ensemble.scale,
  };
}

// --- groups -----------------------------------------------------------------------------------------------------------
interface Groups {
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

function nodeGroups(ensemble: TreeEnsemble): Groups {
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
      const numberFlags = (single ? 1 : 0) | (none > 0 ? 2 : 0) | ((none & nodeFlag.missingZero) !== 0 ? 4 : 0);
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

function symmetricGroups(ensemble: TreeEnsemble): Groups {
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

// --- the image --------------------------------------------------------------------------------------------------------
type Image = ReturnType<typeof createImage>;

/** Grows as parts are added; every part begins at a multiple of 16. */
function createImage(at: number) {
  let buffer = new Uint8Array(1 << 16);
  let end = 0;
  const add = (part: Uint8Array): number => {
    if (end + part.length + 16 > buffer.length) {
      const larger = new Uint8Array(2 * (buffer.length + part.length));
      larger.set(buffer.subarray(0, end));
      buffer = larger;
    }
    buffer.set(part, end);
    const address = at + end;
    end = (end + part.length + 15) & ~15;
    return address;
  };
  const view = (values: Float64Array | Uint32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return {
    words: (values: ArrayLike<number>) => add(view(values instanceof Uint32Array ? values : new Uint32Array(values))),
    numbers: (values: Float64Array | Uint32Array) => add(view(values)),
    floats: (values: Float64Array) => add(view(values)),
    raw: add,
    bytes: () => buffer.slice(0, end),
  };
}

function writeGroups(image: Image, groups: readonly Group[]): number {
  const bytes = new DataView(new ArrayBuffer(48 * groups.length));
  groups.forEach((group, g) => {
    const at = 48 * g;
    const levels = 32 - Math.clz32(group.data.length);
    const data = group.data instanceof Float64Array && group.kind < kindOf.set ? searchTree(group.data, levels) : group.data;
    const words = [group.column, group.kind, image.numbers(data), group.data.length];
    [...words, group.first, group.chunks, group.flags, group.missingCode].forEach((word, i) =>
      bytes.setUint32(at + 4 * i, word, true),
    );
    bytes.setFloat64(at + 32, group.missing, true);
    bytes.setUint32(at + 40, levels, true);
  });
  return image.raw(new Uint8Array(bytes.buffer));
}

/** Sorted thresholds as a complete binary tree of `levels`, node 1 its root, padded with infinity. */
function searchTree(limits: Float64Array, levels: number): Float64Array {
  const tree = new Float64Array(2 ** levels).fill(Infinity);
  for (let level = 0, node = 1; level < levels; level++)
    for (const end = 2 * node; node < end; ) {
      const first = 2 ** level;
      const step = 2 ** (levels - level);
      const rank = (node - first) * step + step / 2 - 1;
      if (rank < limits.length) tree[node] = limits[rank];
      node++;
    }
  return tree;
}

interface WrittenTree {
  readonly kind: number;
  readonly program: number;
  readonly count: number;
  readonly values: number;
  readonly depth: number;
}

function writeSymmetric(
  image: Image,
  ensemble: TreeEnsemble,
  trees: SymmetricTrees,
  t: number,
  questionOf: (at: number) => Question,
): WrittenTree {
  const from = trees.start[t];
  const depth = trees.start[t + 1] - from;
  const program = Uint32Array.from({ length: depth }, (_, d) => {
    const { code, key } = questionOf(from + d);
    return code | (key << 16);
  });
  const width = ensemble.leafWidth;
  const values = image.floats(trees.value.slice(trees.leafStart[t] * width, trees.leafStart[t + 1] * width));
  return { kind: depth <= 8 ? 0 : 3, program: image.words(program), count: depth, values, depth };
}

function writeNodes(
  image: Image,
  ensemble: TreeEnsemble,
  trees: NodeTrees,
  t: number,
  questionOf: (at: number) => Question,
): WrittenTree {
  const size = trees.start[t + 1] - trees.start[t];
  const inner = (size - 1) / 2;
  const tree = { image, ensemble, trees, root: trees.start[t], size, questionOf };
  return inner <= maxSelect ? writeSelection(tree) : writeWalk(tree);
}

interface OneTree {
  readonly image: Image;
  readonly ensemble: TreeEnsemble;
  readonly trees: NodeTrees;
  readonly root: number;
  readonly size: number;
  readonly questionOf: (at: number) => Question;
}

/** 1 for nodes whose missing rows go left: code + 1 wraps 255 round to 0. */
const addOf = (flags: number): number => (flags & nodeFlag.defaultLeft) !== 0 ? 1 : 0;

/** Children before parents; the child that needs more slots first, so few are needed (Sethi and Ullman, 1970). */
function writeSelection({ image, ensemble, trees, root, size, questionOf }: OneTree): WrittenTree {
  const width = ensemble.leafWidth;
  const { feature, left, right, flags } = trees;
  const need = new Uint8Array(size);
  const leafNumber = new Uint8Array(size);
  const values: number[] = [];
  let leaves = 0;
  for (let node = size - 1; node >= 0; node--) {
    const at = root + node;
    if (feature[at] < 0) {
      leafNumber[node] = leaves++;
      for (let k = 0; k < width; k++) values.push(trees.value[at * width + k]);
      continue;
    }
    const [a, b] = [need[left[at]], need[right[at]]];
    need[node] = Math.max(1, a, b, a === b ? a + 1 : 0);
    if (a === 0 && b === 0) need[node] = 1;
  }
  const program: number[] = [];
  const emit = (node: number, slot: number): void => {
    const at = root + node;
    const [l, r] = [left[at], right[at]];
    const [leftSlot, rightSlot] = need[l] >= need[r] ? [slot, need[r] > 0 ? slot + 1 : slot] : [need[l] > 0 ? slot + 1 : slot, slot];
    const leftFirst = need[l] >= need[r];
    if (leftFirst && need[l] > 0) emit(l, leftSlot);
    if (need[r] > 0) emit(r, rightSlot);
    if (!leftFirst && need[l] > 0) emit(l, leftSlot);
    const { code, key } = questionOf(at);
    const add = addOf(flags[at]);
    const kind = (need[l] > 0 ? 1 : 0) | (need[r] > 0 ? 2 : 0);
    program.push(
      (code | ((key + add) << 16) | (add << 24)) >>> 0,
      (kind |
        ((need[l] > 0 ? leftSlot : leafNumber[l]) << 8) |
        ((need[r] > 0 ? rightSlot : leafNumber[r]) << 16) |
        (slot << 24)) >>>
        0,
    );
  };
  if (need[0] > 0) emit(0, 0);
  return {
    kind: 1,
    program: image.words(program),
    count: program.length / 2,
    values: image.floats(new Float64Array(values)),
    depth: 0,
  };
}

/** Nodes in order of depth, siblings side by side; a leaf leads to itself. */
function writeWalk({ image, ensemble, trees, root, size, questionOf }: OneTree): WrittenTree {
  const width = ensemble.leafWidth;
  const order = [0];
  const program = new Uint32Array(2 * size);
  const values = new Float64Array(size * width);
  const depth = new Int32Array(size);
  let deepest = 0;
  for (let i = 0; i < size; i++) {
    const at = root + order[i];
    deepest = Math.max(deepest, depth[i]);
    if (trees.feature[at] < 0) {
      program[2 * i] = 255 << 16;
      program[2 * i + 1] = i;
      values.set(trees.value.subarray(at * width, (at + 1) * width), i * width);
      continue;
    }
    const { code, key } = questionOf(at);
    const add = addOf(trees.flags[at]);
    program[2 * i] = code | ((key + add) << 16) | (add << 24);
    program[2 * i + 1] = order.length;
    depth[order.length] = depth[order.length + 1] = depth[i] + 1;
    order.push(trees.left[at], trees.right[at]);
  }
  return { kind: 2, program: image.words(program), count: size, values: image.floats(values), depth: deepest };
}
