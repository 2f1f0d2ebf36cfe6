/**
 * @file An ensemble as the batch kernel reads it (`assembly/index.ts` says what the numbers mean). Each way a column is
 * asked becomes one or several columns of byte codes; a question becomes a column, a key and how missing rows go.
 */
import { treeCount } from '../ensemble.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { kindOf, nodeGroups, symmetricGroups } from './code-groups.ts';
import type { Group } from './code-groups.ts';
import { createImage } from './image.ts';
import type { Image } from './image.ts';
import { writeNodes, writeSymmetric } from './tree-programs.ts';

export interface CompiledEnsemble {
  /** to be written at `imageAt` */
  readonly image: Uint8Array;
  /** columns of codes */
  readonly codes: number;
  /** addresses and counts of the head, by its byte offset */
  readonly head: readonly (readonly [offset: number, value: number])[];
  readonly scale: number;
}

/** More columns of codes than this do not stay in cache, and a question numbers its column with 16 bits. */
const maxCodes = 16_384;

/** @returns null when the model asks so much that its codes would not stay in cache: it is walked row by row */
export function compileEnsemble(ensemble: TreeEnsemble, imageAt: number): CompiledEnsemble | null {
  const { groups, questionOf, codes } =
    ensemble.trees.shape === 'nodes' ? nodeGroups(ensemble) : symmetricGroups(ensemble);
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

function writeGroups(image: Image, groups: readonly Group[]): number {
  const bytes = new DataView(new ArrayBuffer(48 * groups.length));
  groups.forEach((group, g) => {
    const at = 48 * g;
    const levels = 32 - Math.clz32(group.data.length);
    const data =
      group.data instanceof Float64Array && group.kind < kindOf.set
        ? searchTree(group.data, levels)
        : group.data;
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
    for (const end = 2 * node; node < end;) {
      const first = 2 ** level;
      const step = 2 ** (levels - level);
      const rank = (node - first) * step + step / 2 - 1;
      if (rank < limits.length) tree[node] = limits[rank];
      node++;
    }
  return tree;
}
