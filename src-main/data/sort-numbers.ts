/** @file Numbers in ascending order: as `sort()` of a Float64Array gives them, several times faster, by a compiled kernel. */
import { FREE, createKernels } from './kernels/kernels.ts';
import type { Kernels } from './kernels/kernels.ts';

/** Longer ones are left to the engine's own sort; the analysis takes samples of them. */
const MOST = 1 << 18;
/** shorter ones are not worth the copies */
const LEAST = 256;
const COUNTS = FREE;
const VALUES = COUNTS + 4 * 6 * 2048;
const SPARE = VALUES + 8 * MOST;
const END = SPARE + 8 * MOST;

let workspace: { readonly kernels: Kernels; readonly doubles: Float64Array } | null = null;

function open() {
  if (workspace === null) {
    const { kernels, memory } = createKernels(END);
    workspace = { kernels, doubles: new Float64Array(memory.buffer) };
  }
  return workspace;
}

/**
 * Sorts in place.
 * @param values none of them NaN
 * @returns the same array
 */
export function sortNumbers(values: Float64Array): Float64Array {
  if (values.length < LEAST || values.length > MOST) return values.sort();
  const { kernels, doubles } = open();
  doubles.set(values, VALUES >> 3);
  kernels.sort(VALUES, values.length, SPARE, COUNTS);
  values.set(doubles.subarray(VALUES >> 3, (VALUES >> 3) + values.length));
  return values;
}
