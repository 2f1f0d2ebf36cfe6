/** @file What the device's search is able to do, and its answers as the engine reads them. */
import { columnKind } from '../engine/columns.ts';
import type { FoundBorder, LevelSums } from '../engine/split-device.ts';
import type { DeviceData } from '../engine/types.ts';
import { levelVectors } from './level-shader.ts';
import { readPositive } from './numbers.ts';
import { answerWords, foundWords, mostFound } from './split-shader.ts';
import { numWords } from './wgsl-numbers.ts';

/**
 * Whether the device can search for the splits, too. Sets of categories, forests (whose borders depend on the values in a node),
 * random borders and constraints on symmetric trees need the cells themselves; for these it makes histograms only.
 */
export function searchable({ columns, grower }: DeviceData): boolean {
  const { extraRandom, forest, policy, monotone } = grower;
  if (extraRandom || forest) return false;
  if (policy === 'symmetric') return monotone === null;
  return columns.columns.every(({ kind }) => kind === columnKind.number);
}

/** @returns per node its borders; null where there were more than the answer holds */
export function readBorders(answers: SharedArrayBuffer, nodes: number): (readonly FoundBorder[] | null)[] {
  const words = new Uint32Array(answers);
  const sums = new BigInt64Array(answers);
  return Array.from({ length: nodes }, (_, node) => {
    const from = node * answerWords;
    const count = words[from];
    if (count > mostFound) return null;
    return Array.from({ length: count }, (_, k) => {
      const at = from + 8 + k * foundWords;
      return {
        column: words[at],
        bin: words[at + 1] | 0,
        defaultLeft: words[at + 2] === 1,
        left0: sums[(at + 4) / 2],
        left1: sums[(at + 6) / 2],
      };
    });
  });
}

export function readLevel(answers: SharedArrayBuffer, cells: number): LevelSums {
  const words = new Uint32Array(answers);
  const step = levelVectors * numWords;
  return {
    numerators: Float64Array.from({ length: cells }, (_, cell) => readPositive(words, cell * step)),
    denominators: Float64Array.from({ length: cells }, (_, cell) =>
      readPositive(words, cell * step + numWords),
    ),
  };
}
