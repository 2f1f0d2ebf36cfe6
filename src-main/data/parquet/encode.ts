/**
 * @file Values to the bytes of a Parquet page (https://parquet.apache.org/docs/file-format/data-pages/encodings/):
 * numbers and texts by dictionary with packed indices, numbers of many different values plain, times by their differences.
 */
import { MOST_DISTINCT, findDistinct } from '../distinct.ts';
import { FREE, createKernels } from '../kernels/kernels.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { Bytes } from './thrift.ts';

export const encodings = { plain: 0, rle: 3, delta: 5, dictionary: 8 } as const;

export interface Encoded {
  /** values of the dictionary page, null without one */
  readonly dictionary: { readonly bytes: Uint8Array; readonly count: number } | null;
  readonly encoding: number;
  /** pieces of the data page, in order */
  readonly data: readonly Uint8Array[];
}

/** rows per kernel call */
const BLOCK = 65_536;
const INDICES = FREE;
const PACKED = INDICES + 4 * BLOCK;
const END = PACKED + 4 * BLOCK;

interface Workspace {
  readonly kernels: Kernels;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

let workspace: Workspace | null = null;

function open(): Workspace {
  if (workspace === null) {
    const { kernels, memory } = createKernels(END);
    workspace = {
      kernels,
      bytes: new Uint8Array(memory.buffer),
      words: new Int32Array(memory.buffer),
    };
  }
  return workspace;
}

let indexRoom = new Int32Array(0);

/** Kept between columns: what is in it holds until the next call. */
function room(rows: number): Int32Array {
  if (indexRoom.length < rows) indexRoom = new Int32Array(rows);
  return indexRoom;
}

/** @param values NaN is missing */
export function encodeNumbers(values: Float64Array): Encoded {
  const indices = room(values.length);
  // more different numbers than that take less room plain; a dictionary needs an entry
  const found = findDistinct(values, Math.min(MOST_DISTINCT, values.length >> 1), indices);
  if (found === null || found.present === 0) {
    const { present, rows } = withoutMissing(values);
    return {
      dictionary: null,
      encoding: encodings.plain,
      data: [definitionLevels(values.length, rows, (row) => values[row] === values[row]), bytesOf(present)],
    };
  }
  const { keys, present } = found;
  return {
    dictionary: { bytes: bytesOf(keys), count: keys.length },
    encoding: encodings.dictionary,
    data: [
      definitionLevels(values.length, present, (row) => values[row] === values[row]),
      ...packIndices(indices.subarray(0, present), keys.length),
    ],
  };
}

/** @param codes below `levels.length`, -1 is missing */
export function encodeTexts(codes: Int32Array, levels: readonly string[]): Encoded {
  const indices = withoutGaps(codes);
  const present = indices.length;
  const defined = definitionLevels(codes.length, present, (row) => codes[row] >= 0);
  if (present === 0) return { dictionary: null, encoding: encodings.plain, data: [defined] };
  const texts = new Bytes();
  for (const level of levels) {
    const bytes = new TextEncoder().encode(level);
    texts.word(bytes.length);
    texts.put(bytes);
  }
  return {
    dictionary: { bytes: texts.written, count: levels.length },
    encoding: encodings.dictionary,
    data: [defined, ...packIndices(indices, levels.length)],
  };
}

function withoutGaps(codes: Int32Array): Int32Array {
  let row = 0;
  while (row < codes.length && codes[row] >= 0) row++;
  return row === codes.length ? codes : codes.filter((code) => code >= 0);
}

const DELTA_BLOCK = 128;
const MINI = 32;
/** so many bits and a byte left over are exact in a double */
const MOST_BITS = 44;

/**
 * Whole numbers by their differences, none missing: a regular grid takes 9 bytes per 128 rows.
 * @returns null where they lie too far apart for that
 */
export function encodeTimes(time: Float64Array): Encoded | null {
  const out = new Bytes();
  out.varint(DELTA_BLOCK);
  out.varint(DELTA_BLOCK / MINI);
  out.varint(time.length);
  out.zigzag(time[0] ?? 0);
  for (let from = 1; from < time.length; from += DELTA_BLOCK) {
    const to = Math.min(time.length, from + DELTA_BLOCK);
    let least = Infinity;
    let greatest = -Infinity;
    for (let i = from; i < to; i++) {
      const step = time[i] - time[i - 1];
      if (step < least) least = step;
      if (step > greatest) greatest = step;
    }
    const width = greatest === least ? 0 : Math.floor(Math.log2(greatest - least)) + 1;
    if (width > MOST_BITS) return null;
    out.zigzag(least);
    // blocks within the last one that hold no value have no bytes, whatever width they state
    for (let mini = from; mini < from + DELTA_BLOCK; mini += MINI) out.byte(mini < to ? width : 0);
    if (width > 0) packSteps(time, from, to, least, width, out);
  }
  return { dictionary: null, encoding: encodings.delta, data: [out.written] };
}

function packSteps(
  time: Float64Array,
  from: number,
  to: number,
  least: number,
  width: number,
  out: Bytes,
): void {
  const end = from + Math.ceil((to - from) / MINI) * MINI;
  let held = 0;
  let bits = 0;
  for (let i = from; i < end; i++) {
    if (i < to) held += (time[i] - time[i - 1] - least) * 2 ** bits;
    bits += width;
    for (; bits >= 8; bits -= 8) {
      out.byte(held % 256);
      held = Math.floor(held / 256);
    }
  }
}

function withoutMissing(values: Float64Array): { present: Float64Array; rows: number } {
  const present = new Float64Array(values.length);
  let rows = 0;
  for (let i = 0; i < values.length; i++) {
    present[rows] = values[i] + 0; // -0 and 0 are one reading
    rows += values[i] === values[i] ? 1 : 0;
  }
  return { present: present.subarray(0, rows), rows };
}

/** Which rows hold a value, as levels 0 and 1: one run where all do, else bit by bit. With their length in front. */
function definitionLevels(rows: number, present: number, has: (row: number) => boolean): Uint8Array {
  const levels = new Bytes();
  if (present === rows || present === 0) {
    levels.varint(rows * 2);
    levels.byte(present === 0 ? 0 : 1);
  } else {
    const packed = new Uint8Array(Math.ceil(rows / 8));
    for (let row = 0; row < rows; row++) if (has(row)) packed[row >> 3] |= 1 << (row & 7);
    levels.varint(packed.length * 2 + 1);
    levels.put(packed);
  }
  const out = new Bytes();
  out.word(levels.length);
  out.put(levels.written);
  return out.written;
}

/** Bit width, then one run of packed indices in groups of eight. */
function packIndices(indices: Int32Array, count: number): Uint8Array[] {
  const { kernels, words, bytes } = open();
  const width = Math.max(1, Math.ceil(Math.log2(count)));
  const head = new Bytes();
  head.byte(width);
  head.varint(Math.ceil(indices.length / 8) * 2 + 1);
  const packed = new Uint8Array(Math.ceil(indices.length / 8) * width);
  let at = 0;
  for (let from = 0; from < indices.length; from += BLOCK) {
    const block = indices.subarray(from, from + BLOCK);
    const rows = Math.ceil(block.length / 8) * 8;
    words.set(block, INDICES >> 2);
    words.fill(0, (INDICES >> 2) + block.length, (INDICES >> 2) + rows);
    const size = kernels.pack(INDICES, rows, width, PACKED);
    packed.set(bytes.subarray(PACKED, PACKED + size), at);
    at += size;
  }
  return [head.written, packed];
}

const bytesOf = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
