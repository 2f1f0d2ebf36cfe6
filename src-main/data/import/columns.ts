/** @file What the scanner writes into: one growing store per column, and notes on the cells it could not read. */
import type { Decimal } from './cells.ts';

/** How the cells of a column are read. */
export const kinds = { skip: 0, number: 1, text: 2, stamp: 3, clock: 4, interval: 5 } as const;
export type Kind = (typeof kinds)[keyof typeof kinds];

export interface ColumnPlan {
  readonly name: string;
  readonly kind: Kind;
  /** unit behind each number (`3.2 kWh`), else null */
  readonly suffix: string | null;
  /** interval columns: the bytes between start and end, and whether the ends are times of day alone */
  readonly separator: Uint8Array | null;
  readonly clocks: boolean;
}

/** More distinct texts than this are no category. */
export const MAX_LEVELS = 65_536;

/** Distinct texts as bytes, found again without making a string of every cell. Open addressing; all bytes in one array. */
export class Dictionary {
  size = 0;
  overflow = false;
  #slots = new Int32Array(1024);
  #hashes = new Int32Array(512);
  /** level k is `#arena[#ends[k] .. #ends[k + 1])` */
  #ends = new Int32Array(513);
  #arena = new Uint8Array(4096);

  /** Each distinct text, by code. */
  get levels(): Uint8Array[] {
    return Array.from({ length: this.size }, (_, code) =>
      this.#arena.slice(this.#ends[code], this.#ends[code + 1]),
    );
  }

  /** Bytes of the text with that code, good until the next text is added. */
  textOf(code: number): Uint8Array {
    return this.#arena.subarray(this.#ends[code], this.#ends[code + 1]);
  }

  hashOf(code: number): number {
    return this.#hashes[code];
  }

  /** Code of `bytes[from..to)` with its hash; -1 once there are too many. */
  code(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const slots = this.#slots;
    const arena = this.#arena;
    const ends = this.#ends;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = slots[slot] - 1;
      if (code < 0) return this.#add(bytes, from, to, hash, slot);
      if (this.#hashes[code] !== hash) continue;
      let at = ends[code];
      if (ends[code + 1] - at !== to - from) continue;
      let i = from;
      while (i < to && arena[at] === bytes[i]) {
        at++;
        i++;
      }
      if (i === to) return code;
    }
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    if (this.size >= MAX_LEVELS) {
      this.overflow = true;
      return -1;
    }
    const code = this.size++;
    const begin = this.#ends[code];
    const end = begin + to - from;
    if (end > this.#arena.length) this.#arena = larger(this.#arena, new Uint8Array(2 * end));
    this.#arena.set(bytes.subarray(from, to), begin);
    this.#hashes[code] = hash;
    this.#ends[code + 1] = end;
    this.#slots[slot] = this.size;
    if (this.size === this.#hashes.length) this.#grow();
    return code;
  }

  #grow(): void {
    this.#hashes = larger(this.#hashes, new Int32Array(2 * this.size));
    this.#ends = larger(this.#ends, new Int32Array(2 * this.size + 1));
    this.#slots = new Int32Array(4 * this.size);
    const mask = this.#slots.length - 1;
    for (let code = 0; code < this.size; code++) {
      let slot = this.#hashes[code] & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = code + 1;
    }
  }
}

function larger<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

export const hashBytes = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = 0;
  for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + bytes[i]) | 0;
  return hash;
};

const KEPT_ROWS = 100_000;
const KEPT_TEXTS = 5;
const KEPT_LAST = 64;

/** Cells that are there but could not be read: how many, where, and what they look like. */
export class Unread {
  count = 0;
  /** ascending; not more than {@link KEPT_ROWS} */
  readonly rows: number[] = [];
  /** of the first rows */
  readonly texts: string[] = [];
  /** of the last rows, where footers stand */
  readonly last: { readonly row: number; readonly text: string }[] = [];

  add(row: number, text: string): void {
    this.count++;
    if (this.rows.length < KEPT_ROWS) this.rows.push(row);
    if (this.texts.length < KEPT_TEXTS) this.texts.push(text);
    this.last.push({ row, text });
    if (this.last.length > 2 * KEPT_LAST) this.last.splice(0, KEPT_LAST);
  }

  /** Takes back what was noted for rows from `row` on. */
  forget(row: number): void {
    while (this.rows.length > 0 && this.rows.at(-1)! >= row) {
      this.rows.pop();
      if (this.rows.length < this.texts.length) this.texts.pop();
      this.count--;
    }
    while (this.last.length > 0 && this.last.at(-1)!.row >= row) this.last.pop();
  }
}

/** Cells of one column; only the arrays of its kind are there. */
export class Store {
  readonly plan: ColumnPlan;
  /** number: shape (rows); NaN is missing or unreadable */
  numbers: Float64Array = new Float64Array(0);
  /** text: index into the dictionary */
  codes: Int32Array = new Int32Array(0);
  /** stamp, clock, interval: see stamp-text.ts; {@link ms} since midnight, UNREADABLE key where there is none */
  keys: Int32Array = new Int32Array(0);
  ms: Int32Array = new Int32Array(0);
  endKeys: Int32Array = new Int32Array(0);
  endMs: Int32Array = new Int32Array(0);
  readonly dictionary = new Dictionary();
  readonly unread = new Unread();
  /** cells with nothing in them, or a word for that */
  missing = 0;
  /** stamps with an offset of their own */
  offsets = 0;
  /** first readable stamp */
  example: string | null = null;
  #missingRow = -1;
  #offsetRow = -1;

  constructor(plan: ColumnPlan, capacity: number) {
    this.plan = plan;
    this.resize(capacity);
  }

  noteMissing(row: number): void {
    this.missing++;
    this.#missingRow = row;
  }

  noteOffset(row: number): void {
    this.offsets++;
    this.#offsetRow = row;
  }

  /** Takes back all notes on a row that will be read again. */
  forget(row: number): void {
    this.unread.forget(row);
    if (this.#missingRow === row) this.missing--;
    if (this.#offsetRow === row) this.offsets--;
    this.#missingRow = -1;
    this.#offsetRow = -1;
  }

  resize(capacity: number): void {
    const { kind } = this.plan;
    if (kind === kinds.number) this.numbers = moved(this.numbers, new Float64Array(shared(8 * capacity)));
    if (kind === kinds.text) this.codes = moved(this.codes, new Int32Array(shared(4 * capacity)));
    if (kind === kinds.stamp || kind === kinds.clock || kind === kinds.interval) {
      this.keys = moved(this.keys, new Int32Array(capacity));
      this.ms = moved(this.ms, new Int32Array(capacity));
    }
    if (kind === kinds.interval) {
      this.endKeys = moved(this.endKeys, new Int32Array(capacity));
      this.endMs = moved(this.endMs, new Int32Array(capacity));
    }
  }
}

/** Columns of the table, so that another thread can read them as they stand; what is scaffolding stays with this one. */
const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

function moved<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from.subarray(0, Math.min(from.length, to.length)));
  return to;
}

export interface ScanOptions {
  readonly delimiter: number;
  readonly eol: 10 | 13;
  readonly decimal: Decimal;
  readonly skipLines: number;
  /** first guess; stores grow beyond it */
  readonly rows: number;
  readonly decode: (bytes: Uint8Array) => string;
  /** false: rows of plain cells are read like any other; for tests that hold the one way to the other */
  readonly plainRows?: boolean;
}
