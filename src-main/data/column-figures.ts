/**
 * @file Figures of a column of readings by the compiled kernels (kernels/assembly/columns.ts), a block of rows at a time.
 * Columns are never written to, so what was counted once holds; sums are those of a plain loop to the bit.
 */
import { FREE, createKernels } from './kernels/kernels.ts';
import type { Kernels } from './kernels/kernels.ts';

export interface Figures {
  /** readings that are there */
  readonly count: number;
  readonly zeros: number;
  readonly negatives: number;
  /** NaN without readings, as the three below */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly integers: boolean;
  /** rows in the longest stretch of one and the same reading */
  readonly longestRun: number;
}

/** rows per block: readings and places of one fit the second-level cache */
const BLOCK = 65_536;
const FIGURES = FREE;
const BINS = FIGURES + 128;
const VALUES = BINS + 4096;
const PLACES = VALUES + 8 * BLOCK;
const SUMS = PLACES + 4 * BLOCK;
/** minutes of a week, see calendar.ts */
const MOST_PLACES = 7 * 1440;
const COUNTS = SUMS + 8 * MOST_PLACES;
const END = COUNTS + 4 * MOST_PLACES;

interface Workspace {
  readonly kernels: Kernels;
  readonly doubles: Float64Array;
  readonly words: Int32Array;
}

let workspace: Workspace | null = null;

function open(): Workspace {
  if (workspace === null) {
    const { kernels, memory } = createKernels(END);
    workspace = { kernels, doubles: new Float64Array(memory.buffer), words: new Int32Array(memory.buffer) };
  }
  return workspace;
}

/** @param work ends the round by returning false */
function eachBlock(values: Float64Array | Int32Array, work: (from: number, rows: number) => unknown): void {
  const { doubles } = open();
  for (let from = 0; from < values.length; from += BLOCK) {
    const block = values.subarray(from, Math.min(values.length, from + BLOCK));
    doubles.set(block, VALUES >> 3);
    if (work(from, block.length) === false) return;
  }
}

const known = new WeakMap<Float64Array, Figures>();

/** @param values NaN is missing */
export function figuresOf(values: Float64Array): Figures {
  let found = known.get(values);
  if (found === undefined) known.set(values, (found = addUp(values)));
  return found;
}

function addUp(values: Float64Array): Figures {
  const { kernels, doubles } = open();
  const at = FIGURES >> 3;
  const figures = doubles.subarray(at, at + 12);
  // about, count, zeros, negatives, min, max, sum, squares, fractions, longest, run, last
  figures.set([0, 0, 0, 0, Infinity, -Infinity, 0, 0, 0, 0, 0, NaN]);
  eachBlock(values, (_, rows) => kernels.addUp(FIGURES, VALUES, rows));
  const [about, count, zeros, negatives, min, max, sum, squares, fractions, longestRun] = figures;
  const some = count > 0;
  return {
    count,
    zeros,
    negatives,
    min: some ? min : NaN,
    max: some ? max : NaN,
    mean: some ? about + sum / count : NaN,
    std: count > 1 ? Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1)) : NaN,
    integers: some && fractions === 0,
    longestRun,
  };
}

/** Bins of equal width from `min` on; the last one is closed. */
export interface Bins {
  readonly min: number;
  readonly perWidth: number;
  /** at most 1024 */
  readonly count: number;
}

/**
 * Sums and counts of the readings per place, and readings per bin.
 * @param places shape of values, each below `count`, which is at most the minutes of a week
 */
export function spreadOf(
  values: Float64Array,
  places: Int32Array,
  count: number,
  bins: Bins | null,
): { sums: Float64Array; counts: Int32Array; perBin: number[] } {
  const { kernels, doubles, words } = open();
  doubles.fill(0, SUMS >> 3, (SUMS >> 3) + count);
  words.fill(0, COUNTS >> 2, (COUNTS >> 2) + count);
  words.fill(0, BINS >> 2, (BINS >> 2) + (bins?.count ?? 0));
  eachBlock(values, (from, rows) => {
    words.set(places.subarray(from, from + rows), PLACES >> 2);
    kernels.addPerPlace(VALUES, PLACES, rows, SUMS, COUNTS);
    if (bins !== null) kernels.addPerBin(VALUES, rows, bins.min, bins.perWidth, BINS, bins.count - 1);
  });
  return {
    sums: doubles.slice(SUMS >> 3, (SUMS >> 3) + count),
    counts: words.slice(COUNTS >> 2, (COUNTS >> 2) + count),
    perBin: Array.from(words.subarray(BINS >> 2, (BINS >> 2) + (bins?.count ?? 0))),
  };
}

/**
 * Rows per place where every place has one value only; null as soon as one has two.
 * @param values NaN, or -1 of codes, is missing
 * @param count places are taken by their remainder
 */
export function onePerPlace(
  values: Float64Array | Int32Array,
  places: Int32Array,
  count: number,
): Int32Array | null {
  const { kernels, words } = open();
  const missing = values instanceof Int32Array ? -1 : NaN;
  words.fill(0, COUNTS >> 2, (COUNTS >> 2) + count);
  let holds = true;
  eachBlock(values, (from, rows) => {
    words.set(places.subarray(from, from + rows), PLACES >> 2);
    holds = kernels.onePerPlace(VALUES, PLACES, rows, count, missing, SUMS, COUNTS) === 1;
    return holds;
  });
  return holds ? words.slice(COUNTS >> 2, (COUNTS >> 2) + count) : null;
}

/** Rows per code: `rows[code]`, and those without one. */
export interface CodeCounts {
  readonly rows: Int32Array;
  readonly missing: number;
}

const counted = new WeakMap<Int32Array, CodeCounts>();

/** @param codes each below `levels`, -1 is missing */
export function codeCounts(codes: Int32Array, levels: number): CodeCounts {
  let found = counted.get(codes);
  if (found === undefined || found.rows.length !== levels) {
    const rows = new Int32Array(levels + 1);
    for (let i = 0; i < codes.length; i++) rows[codes[i] + 1]++;
    found = { rows: rows.subarray(1), missing: rows[0] };
    counted.set(codes, found);
  }
  return found;
}
