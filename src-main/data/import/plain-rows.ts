/**
 * @file The fast lane of the scanner: rows in which every cell is plain go through a kernel (kernels/assembly/scan.ts) that
 * reads a chunk in one call. It stops at the first row that is not, which the scanner reads by its own definition.
 */
import { FREE, createKernels } from '../kernels/kernels.ts';
import type { Kernels, WasmMemory } from '../kernels/kernels.ts';
import { kinds } from './columns.ts';
import type { ScanOptions, Store } from './columns.ts';

/** Offsets in a column record of the kernel, in 32-bit words. */
const at = {
  kind: 0,
  out: 1,
  out2: 2,
  slots: 3,
  mask: 4,
  hashes: 5,
  ends: 6,
  arena: 7,
  missing: 8,
  offsets: 9,
};
const RECORD = 128;
const MAX_COLUMNS = 1024;
/** bytes of output per call, which bounds the rows of a call */
const OUTPUT_BYTES = 4 << 20;
const MAX_ROWS = 32_768;
/** texts of one column that the kernel knows; a column with more is no category as a rule */
const LEVELS = 2048;
const ARENA = 1 << 16;
const DICTIONARY_BYTES = 4 * LEVELS * 4 + ARENA + 8;
/** the kernel may look so far behind the last byte */
const SLACK = 64;
/** shorter stretches are copied cell by cell */
const SHORT = 24;
/** where fewer rows than this are taken per call, the calls cost more than they save */
const WORTH_ROWS = 6;
const CALLS_TRIED = 64;
const plainDelimiters = new Set([44, 59, 9, 124]);

export class PlainRows {
  readonly #stores: readonly Store[];
  readonly #kernels: Kernels;
  readonly #memory: WasmMemory;
  readonly #columns: number;
  readonly #most: number;
  readonly #delimiter: number;
  readonly #eol: number;
  readonly #point: number;
  readonly #quotedPoint: number;
  /** levels of each text column that the kernel knows */
  readonly #known: Int32Array;
  readonly #input: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #words: Int32Array;
  #doubles: Float64Array;
  #calls = 0;
  #taken = 0;
  /** off for the rest of the chunk: too few rows are plain */
  #rests = false;

  /** @returns null where the layout of the file rules the fast lane out */
  static for(stores: readonly Store[], options: ScanOptions, point: number): PlainRows | null {
    if (options.eol !== 10 || !plainDelimiters.has(options.delimiter)) return null;
    if (stores.length === 0 || stores.length > MAX_COLUMNS) return null;
    if (stores.some((store) => store.plan.kind === kinds.interval)) return null;
    return new PlainRows(stores, options, point);
  }

  private constructor(stores: readonly Store[], options: ScanOptions, point: number) {
    this.#stores = stores;
    this.#delimiter = options.delimiter;
    this.#eol = options.eol;
    this.#point = point;
    this.#quotedPoint = options.decimal === '.' ? 46 : 44;
    this.#known = new Int32Array(stores.length);
    const texts = stores.filter((store) => store.plan.kind === kinds.text).length;
    this.#most = Math.max(64, Math.min(MAX_ROWS, Math.floor(OUTPUT_BYTES / (8 * stores.length))));
    this.#columns = FREE;
    const dictionaries = this.#columns + stores.length * RECORD;
    const outputs = dictionaries + texts * DICTIONARY_BYTES;
    this.#input = outputs + stores.length * 8 * this.#most;
    const { kernels, memory } = createKernels(this.#input + SLACK);
    this.#kernels = kernels;
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
    let dictionary = dictionaries;
    stores.forEach((store, k) => {
      const record = this.#record(k);
      this.#words[record + at.kind] = store.plan.kind;
      this.#words[record + at.out] = outputs + k * 8 * this.#most;
      this.#words[record + at.out2] = outputs + k * 8 * this.#most + 4 * this.#most;
      if (store.plan.kind !== kinds.text) return;
      this.#words[record + at.slots] = dictionary;
      this.#words[record + at.mask] = 2 * LEVELS - 1;
      this.#words[record + at.hashes] = dictionary + 8 * LEVELS;
      this.#words[record + at.ends] = dictionary + 12 * LEVELS;
      this.#words[record + at.arena] = dictionary + 16 * LEVELS + 8;
      dictionary += DICTIONARY_BYTES;
    });
  }

  #record(k: number): number {
    return (this.#columns + k * RECORD) >> 2;
  }

  /** Room for the bytes that are scanned, with what was written there kept. Earlier views of it are void. */
  reserve(bytes: number): Uint8Array<ArrayBuffer> {
    const missing = this.#input + bytes + SLACK - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / 65_536));
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#words = new Int32Array(this.#memory.buffer);
      this.#doubles = new Float64Array(this.#memory.buffer);
    }
    return this.#bytes.subarray(this.#input, this.#bytes.length - SLACK);
  }

  /** A new chunk begins. */
  begin(): void {
    this.#calls = 0;
    this.#taken = 0;
    this.#rests = false;
  }

  /** False until the slow lane has read a stamp of each column as its example, and where it pays no more. */
  get ready(): boolean {
    if (this.#rests) return false;
    for (const { plan, example } of this.#stores)
      if (plan.kind === kinds.stamp && example === null) return false;
    return true;
  }

  /**
   * Reads rows from `begin` (of the bytes of {@link reserve}) into the stores, from `row` on.
   * @returns where it stopped; the rows read are in {@link taken}
   */
  read(begin: number, end: number, row: number, capacity: number): number {
    this.#learn();
    const stop = this.#kernels.scan(
      this.#columns,
      this.#stores.length,
      this.#input + begin,
      this.#input + end,
      Math.min(this.#most, capacity - row),
      this.#delimiter,
      this.#eol,
      this.#point,
      this.#quotedPoint,
    );
    this.taken = this.#kernels.rows.value;
    if (this.taken > 0) this.#hand(row, this.taken);
    this.#calls++;
    this.#taken += this.taken;
    this.#rests = this.#calls >= CALLS_TRIED && this.#taken < WORTH_ROWS * this.#calls;
    return stop - this.#input;
  }

  /** rows of the last {@link read} */
  taken = 0;

  /** Texts that the slow lane has met since. */
  #learn(): void {
    for (let k = 0; k < this.#stores.length; k++) {
      const { dictionary } = this.#stores[k];
      while (this.#known[k] < dictionary.size && this.#known[k] < LEVELS) {
        if (!this.#add(k, dictionary.textOf(this.#known[k]), dictionary.hashOf(this.#known[k]))) break;
      }
    }
  }

  /** @returns false when there is no room left */
  #add(k: number, text: Uint8Array, hash: number): boolean {
    const record = this.#record(k);
    const words = this.#words;
    const code = this.#known[k];
    const ends = words[record + at.ends] >> 2;
    const from = words[ends + code];
    if (from + text.length > ARENA) return false;
    this.#bytes.set(text, words[record + at.arena] + from);
    words[ends + code + 1] = from + text.length;
    words[(words[record + at.hashes] >> 2) + code] = hash;
    const slots = words[record + at.slots] >> 2;
    const mask = words[record + at.mask];
    let slot = hash & mask;
    while (words[slots + slot] !== 0) slot = (slot + 1) & mask;
    words[slots + slot] = code + 1;
    this.#known[k]++;
    return true;
  }

  /** From the kernel's memory to the stores. */
  #hand(row: number, rows: number): void {
    const words = this.#words;
    for (let k = 0; k < this.#stores.length; k++) {
      const store = this.#stores[k];
      const { kind } = store.plan;
      const record = this.#record(k);
      const out = words[record + at.out];
      if (kind === kinds.number) {
        copy(this.#doubles, out >> 3, rows, store.numbers, row);
        if (words[record + at.missing] > 0) {
          store.missing += words[record + at.missing];
          words[record + at.missing] = 0;
        }
      } else if (kind === kinds.text) copy(words, out >> 2, rows, store.codes, row);
      else if (kind !== kinds.skip) {
        copy(words, out >> 2, rows, store.keys, row);
        copy(words, words[record + at.out2] >> 2, rows, store.ms, row);
        store.offsets += words[record + at.offsets];
        words[record + at.offsets] = 0;
      }
    }
  }
}

function copy<T extends Float64Array | Int32Array>(
  from: T,
  begin: number,
  count: number,
  to: T,
  place: number,
): void {
  if (count > SHORT) to.set(from.subarray(begin, begin + count), place);
  else for (let i = 0; i < count; i++) to[place + i] = from[begin + i];
}
