/** @file Trees as programs of the batch kernel (`assembly/index.ts`). */
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import type { Question } from './code-groups.ts';
import type { Image } from './image.ts';

/** Inner nodes up to which a tree is computed for all rows at once instead of walked. */
const maxSelect = 255;

export interface WrittenTree {
  readonly kind: number;
  readonly program: number;
  readonly count: number;
  readonly values: number;
  readonly depth: number;
}

/** @param questionOf the question of a level, by its place in the arrays */
export function writeSymmetric(
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
    return code | ((key + 1) << 16);
  });
  const width = ensemble.leafWidth;
  const values = image.floats(trees.value.slice(trees.leafStart[t] * width, trees.leafStart[t + 1] * width));
  return { kind: depth <= 8 ? 0 : 3, program: image.words(program), count: depth, values, depth };
}

/** @param questionOf the question of a node, by its place in the arrays */
export function writeNodes(
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
const addOf = (flags: number): number => ((flags & nodeFlag.defaultLeft) !== 0 ? 1 : 0);

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
    const [leftSlot, rightSlot] =
      need[l] >= need[r] ? [slot, need[r] > 0 ? slot + 1 : slot] : [need[l] > 0 ? slot + 1 : slot, slot];
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
  return {
    kind: 2,
    program: image.words(program),
    count: size,
    values: image.floats(values),
    depth: deepest,
  };
}
