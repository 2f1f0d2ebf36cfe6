/** @file Different readings of a column in order of first appearance, by the compiled kernels. */
import { FREE, createKernels } from './kernels/kernels.ts';
import type { Kernels } from './kernels/kernels.ts';

/** rows per kernel call */
const BLOCK = 65_536;
/** so many can be told apart */
export const MOST_DISTINCT = 1 << 17;
const MASK = 2 * MOST_DISTINCT - 1;
const VALUES = FREE;
const INDICES = VALUES + 8 * BLOCK;
const SLOTS = INDICES + 4 * BLOCK;
const KEYS = SLOTS + 4 * (MASK + 1);
const END = KEYS + 8 * MOST_DISTINCT;

interface Workspace {
  readonly kernels: Kernels;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
}

let workspace: Workspace | null = null;

function open(): Workspace {
  if (workspace === null) {
    const { kernels, memory } = createKernels(END);
    workspace = { kernels, words: new Int32Array(memory.buffer), doubles: new Float64Array(memory.buffer) };
  }
  return workspace;
}

/**
 * @param values NaN is missing and passed over; -0 and 0 are one reading
 * @param most at most {@link MOST_DISTINCT}
 * @param out room for an index per reading, or null where only the readings matter
 * @returns different readings, and how many there are in all; null where more than `most` differ
 */
export function findDistinct(
  values: Float64Array,
  most: number,
  out: Int32Array | null,
): { readonly keys: Float64Array; readonly present: number } | null {
  const { kernels, words, doubles } = open();
  kernels.clear(SLOTS, MASK);
  let present = 0;
  for (let from = 0; from < values.length; from += BLOCK) {
    const block = values.subarray(from, from + BLOCK);
    doubles.set(block, VALUES >> 3);
    if (kernels.indexOf(VALUES, block.length, SLOTS, MASK, KEYS, most, INDICES) === 0) return null;
    const found = kernels.present.value;
    out?.set(words.subarray(INDICES >> 2, (INDICES >> 2) + found), present);
    present += found;
  }
  return { keys: doubles.slice(KEYS >> 3, (KEYS >> 3) + kernels.distinct.value), present };
}
