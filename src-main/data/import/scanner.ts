/**
 * @file Bytes to columns in one pass, a chunk at a time, in bounded memory.
 *
 * Rows of plain cells go through a kernel, see plain-rows.ts. Any other row is read here: a plain cell (digits, a known
 * date, a category without quotes) where it stands, whatever is not plain (spaces, thousands separators, missing words) by
 * {@link Scanner.#cell} and the text functions of cells.ts, which define what the fast ways must give.
 * Measured against reading with polars in bench/import.ts.
 */
import { isMissing, isMissingNumber, parseNumber, unwrap } from './cells.ts';
import { Store, hashBytes, kinds } from './columns.ts';
import type { ColumnPlan, ScanOptions } from './columns.ts';
import { PlainRows } from './plain-rows.ts';
import { StampReader } from './stamp-reader.ts';
import { UNREADABLE, parseClock } from './stamp-text.ts';

const QUOTE = 34;
const EQUALS = 61;
const SPACE = 32;
const TAB = 9;
const CR = 13;
/** 10^0 ... 10^22: exact, so that dividing an integer up to 2^53 by one of them rounds correctly (Clinger 1990) */
const powers = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const MAX_EXACT = Number.MAX_SAFE_INTEGER;
/** so many digits fit 32 bits, whose arithmetic is several times faster than that of doubles */
const INT_DIGITS = 9;
/** a quoted cell longer than this was never meant to be one */
const MAX_QUOTED = 1 << 20;
const NOT_CLOSED = -1;
// local copies: the loop below compares kinds for every cell
const { skip: SKIP, number: NUMBER, text: TEXT, stamp: STAMP } = kinds;

export class Scanner {
  readonly stores: readonly Store[];
  rows = 0;
  /** rows with too few or too many cells */
  readonly ragged: number[] = [];
  raggedCount = 0;
  /** lines that repeat the header, as in files put together from several exports; they are no rows */
  repeatedHeaders = 0;
  #headerAgain = false;
  readonly #options: ScanOptions;
  readonly #delimiter: number;
  readonly #eol: number;
  /** byte of the decimal sign outside quotes */
  readonly #point: number;
  readonly #kinds: Uint8Array;
  /** the stores' arrays, by column */
  #numbers: Float64Array[] = [];
  #codes: Int32Array[] = [];
  /** of the chunk being scanned */
  #end = 0;
  #last = false;
  readonly #reader: StampReader;
  readonly #shifts: { row: number; by: number }[] = [];
  #capacity: number;
  /** bytes that are being read: what was left of the last chunk, then the new one; kept between chunks */
  #buffer = new Uint8Array(0);
  #carried = 0;
  /** null: no row goes the fast way */
  readonly #plain: PlainRows | null;
  #skip: number;
  /** content of the cell found last by {@link #cell} */
  #bytes: Uint8Array = this.#buffer;
  #from = 0;
  #to = 0;
  #breaks = 0;

  constructor(plan: readonly ColumnPlan[], options: ScanOptions) {
    this.#options = options;
    this.#capacity = Math.max(1024, options.rows);
    this.stores = plan.map((column) => new Store(column, this.#capacity));
    this.#kinds = Uint8Array.from(plan, (column) => column.kind);
    this.#reader = new StampReader(options.decode);
    this.#skip = options.skipLines;
    this.#delimiter = options.delimiter;
    this.#eol = options.eol;
    // where cells end at commas, a decimal comma can only stand inside quotes
    const comma = options.delimiter === 44 ? -1 : 44;
    this.#point = options.decimal === '.' ? 46 : comma;
    this.#plain = options.plainRows === false ? null : PlainRows.for(this.stores, options, this.#point);
    this.#share();
  }

  /** Physical line of a row, 1-based: blank lines and line breaks inside quotes counted. */
  lineOf(row: number): number {
    let shift = 0;
    for (const entry of this.#shifts) {
      if (entry.row > row) break;
      shift = entry.by;
    }
    return this.#options.skipLines + 1 + row + shift;
  }

  /** Takes the next bytes of the file; `last` says that there are no more. */
  feed(chunk: Uint8Array, last: boolean): void {
    const eol = this.#eol;
    const length = this.#carried + chunk.length;
    if (this.#buffer.length < length + 1) this.#enlarge(length * 2 + 1);
    const bytes = this.#buffer;
    bytes.set(chunk, this.#carried);
    let filled = length;
    if (last && filled > 0 && bytes[filled - 1] !== eol) bytes[filled++] = eol;
    const end = filled === 0 ? 0 : bytes.lastIndexOf(eol, filled - 1) + 1;
    let from = 0;
    while (this.#skip > 0 && from < end) {
      from = bytes.indexOf(eol, from) + 1;
      this.#skip--;
    }
    const taken = from < end ? this.#scan(bytes, from, end, last) : from;
    bytes.copyWithin(0, taken, filled);
    this.#carried = filled - taken;
  }

  #enlarge(bytes: number): void {
    if (this.#plain !== null) {
      this.#buffer = this.#plain.reserve(bytes);
      return;
    }
    const larger = new Uint8Array(bytes);
    larger.set(this.#buffer.subarray(0, this.#carried));
    this.#buffer = larger;
  }

  #grow(): void {
    this.#capacity = Math.ceil(this.#capacity * 1.5);
    for (const store of this.stores) store.resize(this.#capacity);
    this.#share();
  }

  #share(): void {
    this.#numbers = this.stores.map((store) => store.numbers);
    this.#codes = this.stores.map((store) => store.codes);
  }

  /** @returns where the first row that is not complete begins */
  #scan(bytes: Uint8Array, begin: number, end: number, last: boolean): number {
    this.#end = end;
    this.#last = last;
    let i = begin;
    const plain = this.#plain;
    plain?.begin();
    while (i < end) {
      if (plain?.ready) {
        if (this.rows === this.#capacity) this.#grow();
        i = plain.read(i, end, this.rows, this.#capacity);
        this.rows += plain.taken;
        if (i >= end) break;
        if (this.rows === this.#capacity) continue;
      }
      const next = this.#row(bytes, i);
      if (next === NOT_CLOSED) return i;
      i = next;
    }
    return i;
  }

  /** Reads the row (or passes the blank line) that begins at `begin`. @returns where the next begins, or NOT_CLOSED */
  #row(bytes: Uint8Array, begin: number): number {
    const eol = this.#eol;
    if (bytes[begin] === eol || (bytes[begin] === CR && bytes[begin + 1] === eol)) {
      this.#shift(1);
      return begin + (bytes[begin] === eol ? 1 : 2);
    }
    const row = this.rows;
    if (row === this.#capacity) this.#grow();
    const columnKinds = this.#kinds;
    const width = columnKinds.length;
    let i = begin;
    let k = 0;
    for (; k < width; k++) {
      const kind = columnKinds[k];
      if (kind === NUMBER) i = this.#number(bytes, i, k, row);
      else if (kind === TEXT) i = this.#category(bytes, i, k, row);
      else if (kind === STAMP) i = this.#date(bytes, i, k, row);
      else i = this.#other(bytes, i, k, row);
      if (i === NOT_CLOSED) {
        for (const store of this.stores) store.forget(row);
        this.#breaks = 0;
        this.#headerAgain = false;
        return NOT_CLOSED;
      }
      if (bytes[i] === eol) {
        k++;
        break;
      }
      i++;
    }
    if (this.#headerAgain) {
      this.#headerAgain = false;
      this.repeatedHeaders++;
      for (const store of this.stores) store.forget(row);
      this.#shift(1);
      while (bytes[i] !== eol) i++;
      return i + 1;
    }
    if (k < width || bytes[i] !== eol) {
      if (k === 1 && this.#isBlank(bytes, begin, i)) {
        this.stores[0].forget(row);
        this.#shift(1);
        return i + 1;
      }
      i = this.#irregular(bytes, i, k, row);
    }
    this.rows = row + 1;
    if (this.#breaks > 0) {
      this.#shift(this.#breaks);
      this.#breaks = 0;
    }
    return i + 1;
  }

  /** A cell of digits, where it stands. Like the two below: @returns index behind the cell, or NOT_CLOSED */
  #number(bytes: Uint8Array, start: number, k: number, row: number): number {
    let i = start;
    let byte = bytes[i];
    const negative = byte === 45;
    if (negative) byte = bytes[++i];
    let whole = 0;
    const first = i;
    let digit = byte - 48;
    while (digit >= 0 && digit <= 9) {
      whole = (Math.imul(whole, 10) + digit) | 0;
      digit = bytes[++i] - 48;
    }
    let digits = i - first;
    let places = 0;
    if (digit + 48 === this.#point) {
      const dot = i;
      digit = bytes[++i] - 48;
      while (digit >= 0 && digit <= 9) {
        whole = (Math.imul(whole, 10) + digit) | 0;
        digit = bytes[++i] - 48;
      }
      places = i - dot - 1;
      digits += places;
    }
    byte = digit + 48;
    const eol = this.#eol;
    const ended = byte === CR && bytes[i + 1] === eol;
    if (digits > 0 && digits <= INT_DIGITS && (byte === this.#delimiter || byte === eol || ended)) {
      const value = whole / powers[places];
      this.#numbers[k][row] = negative ? -value : value;
      return ended ? i + 1 : i;
    }
    const after = this.#cell(bytes, start);
    if (after !== NOT_CLOSED) this.#slowNumber(this.stores[k], row);
    return after;
  }

  /** A category without quotes. */
  #category(bytes: Uint8Array, start: number, k: number, row: number): number {
    const delimiter = this.#delimiter;
    const eol = this.#eol;
    let i = start;
    let hash = 0;
    let byte = bytes[i];
    if (byte !== QUOTE && byte !== SPACE && byte !== EQUALS)
      while (byte !== delimiter && byte !== eol && byte !== CR) {
        hash = (Math.imul(hash, 31) + byte) | 0;
        byte = bytes[++i];
      }
    const ended = byte === CR && bytes[i + 1] === eol;
    if (byte === delimiter || byte === eol || ended) {
      this.#codes[k][row] = this.stores[k].dictionary.code(bytes, start, i, hash);
      return ended ? i + 1 : i;
    }
    const after = this.#cell(bytes, start);
    if (after === NOT_CLOSED) return after;
    const code = hashBytes(this.#bytes, this.#from, this.#to);
    this.#codes[k][row] = this.stores[k].dictionary.code(this.#bytes, this.#from, this.#to, code);
    return after;
  }

  /** A stamp without quotes; the first one of a column goes the slow way, which keeps its text as the example. */
  #date(bytes: Uint8Array, start: number, k: number, row: number): number {
    const reader = this.#reader;
    const store = this.stores[k];
    const i = start + reader.fixed(bytes, start);
    const fixed = i > start && (bytes[i] === this.#delimiter || bytes[i] === this.#eol);
    const after = fixed ? i : this.#looseDate(bytes, start);
    if (after === start || reader.key === UNREADABLE || store.example === null) {
      const behind = this.#cell(bytes, start);
      if (behind !== NOT_CLOSED) this.#slowOther(store, row);
      return behind;
    }
    store.keys[row] = reader.key;
    store.ms[row] = reader.ms;
    if (reader.hasOffset) store.noteOffset(row);
    return after;
  }

  /** @returns index behind the stamp, or `start` where quotes or spaces at the ends ask for the slow way */
  #looseDate(bytes: Uint8Array, start: number): number {
    const delimiter = this.#delimiter;
    const eol = this.#eol;
    let i = start;
    let byte = bytes[i];
    while (byte > SPACE && byte !== QUOTE && byte !== delimiter && byte !== eol) byte = bytes[++i];
    // one space parts date and time
    if (byte === SPACE && i > start)
      do byte = bytes[++i];
      while (byte > SPACE && byte !== delimiter && byte !== eol);
    if (i === start || (byte !== delimiter && byte !== eol)) return start;
    this.#reader.read(bytes, start, i);
    return i;
  }

  #other(bytes: Uint8Array, start: number, k: number, row: number): number {
    if (this.#kinds[k] === SKIP && bytes[start] !== QUOTE) {
      let i = start;
      while (bytes[i] !== this.#delimiter && bytes[i] !== this.#eol) i++;
      return i;
    }
    const after = this.#cell(bytes, start);
    if (after !== NOT_CLOSED) this.#slowOther(this.stores[k], row);
    return after;
  }

  /** A row with another number of cells. `i` stands on its end, or behind the delimiter of its last known cell. */
  #irregular(bytes: Uint8Array, at: number, cells: number, row: number): number {
    const eol = this.#eol;
    const delimiter = this.#delimiter;
    let i = at;
    let odd = cells < this.stores.length;
    for (let k = cells; k < this.stores.length; k++) this.#blank(this.stores[k], row);
    while (bytes[i] !== eol) {
      if (bytes[i] !== delimiter && bytes[i] !== SPACE && bytes[i] !== CR) odd = true;
      i++;
    }
    if (odd) {
      this.raggedCount++;
      if (this.ragged.length < 100_000) this.ragged.push(row);
    }
    return i;
  }

  #blank(store: Store, row: number): void {
    const { kind } = store.plan;
    store.noteMissing(row);
    if (kind === kinds.number) store.numbers[row] = NaN;
    else if (kind === kinds.text) store.codes[row] = -1;
    else if (kind !== kinds.skip) {
      store.keys[row] = UNREADABLE;
      if (kind === kinds.interval) store.endKeys[row] = UNREADABLE;
      store.unread.add(row, '');
    }
  }

  #isBlank(bytes: Uint8Array, from: number, to: number): boolean {
    for (let i = from; i < to; i++)
      if (bytes[i] !== SPACE && bytes[i] !== TAB && bytes[i] !== CR) return false;
    return true;
  }

  #shift(lines: number): void {
    const by = (this.#shifts.at(-1)?.by ?? 0) + lines;
    if (this.#shifts.at(-1)?.row === this.rows) this.#shifts.pop();
    if (this.#shifts.length < 1_000_000) this.#shifts.push({ row: this.rows, by });
  }

  /**
   * Finds the cell that begins at `start`: quotes and the escape `="…"` taken off, doubled quotes made single, spaces
   * around it cut. Its content is then in #bytes from #from to #to.
   * @returns index of the delimiter or line end behind it; NOT_CLOSED when the chunk ends inside quotes
   */
  #cell(bytes: Uint8Array, start: number): number {
    const delimiter = this.#delimiter;
    const eol = this.#eol;
    let i = start;
    while (bytes[i] === SPACE && delimiter !== SPACE) i++;
    const open = bytes[i] === EQUALS && bytes[i + 1] === QUOTE ? i + 1 : i;
    if (bytes[open] === QUOTE) {
      const after = this.#quoted(bytes, open);
      if (after !== 0) return after;
    }
    while (bytes[i] !== delimiter && bytes[i] !== eol) i++;
    this.#trim(bytes, start, i);
    return i;
  }

  /** @returns index behind the cell, NOT_CLOSED, or 0 when the quote is an ordinary character */
  #quoted(bytes: Uint8Array, open: number): number {
    const delimiter = this.#delimiter;
    const eol = this.#eol;
    const end = this.#end;
    let doubled = 0;
    let breaks = 0;
    let close = open + 1;
    for (; ; close++) {
      if (close >= end) return this.#last || end - open > MAX_QUOTED ? 0 : NOT_CLOSED;
      if (bytes[close] === eol) breaks++;
      if (bytes[close] !== QUOTE) continue;
      if (bytes[close + 1] !== QUOTE) break;
      doubled++;
      close++;
    }
    let after = close + 1;
    while (bytes[after] === SPACE || (bytes[after] === CR && eol !== CR)) after++;
    if (bytes[after] !== delimiter && bytes[after] !== eol) return 0;
    this.#breaks += breaks;
    if (doubled === 0) {
      this.#trim(bytes, open + 1, close);
      return after;
    }
    const content = new Uint8Array(close - open - 1 - doubled);
    for (let from = open + 1, to = 0; from < close; from++) {
      content[to++] = bytes[from];
      if (bytes[from] === QUOTE) from++;
    }
    this.#trim(content, 0, content.length);
    return after;
  }

  #trim(bytes: Uint8Array, from: number, to: number): void {
    while (from < to && bytes[from] <= SPACE) from++;
    while (to > from && bytes[to - 1] <= SPACE) to--;
    // ="…" that was itself quoted
    if (to - from >= 3 && bytes[from] === EQUALS && bytes[from + 1] === QUOTE && bytes[to - 1] === QUOTE) {
      from += 2;
      to--;
    }
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
  }

  #text(): string {
    return this.#options.decode(this.#bytes.subarray(this.#from, this.#to));
  }

  #slowNumber(store: Store, row: number): void {
    store.numbers[row] = NaN;
    if (this.#from === this.#to) {
      store.noteMissing(row);
      return;
    }
    const plain = plainNumber(this.#bytes, this.#from, this.#to, this.#options.decimal === '.' ? 46 : 44);
    if (!Number.isNaN(plain)) {
      store.numbers[row] = plain;
      return;
    }
    const text = unwrap(this.#text());
    const value = parseNumber(text, this.#options.decimal, store.plan.suffix);
    if (!Number.isNaN(value)) store.numbers[row] = value;
    else if (isMissingNumber(text)) store.noteMissing(row);
    else store.unread.add(row, text);
  }

  #slowOther(store: Store, row: number): void {
    const { plan } = store;
    if (plan.kind === kinds.stamp) this.#stamp(store, row, this.#from, this.#to);
    else if (plan.kind === kinds.clock) this.#clock(store, row);
    else if (plan.kind === kinds.interval) this.#interval(store, row);
  }

  #stamp(store: Store, row: number, from: number, to: number): void {
    const reader = this.#reader;
    reader.read(this.#bytes, from, to);
    store.keys[row] = reader.key;
    store.ms[row] = reader.ms;
    if (reader.hasOffset) store.noteOffset(row);
    if (reader.key === UNREADABLE) this.#noteStamp(store, row);
    else store.example ??= this.#text();
  }

  #noteStamp(store: Store, row: number): void {
    const text = this.#text();
    if (isMissing(text)) store.noteMissing(row);
    if (text === store.plan.name) this.#headerAgain = true;
    store.unread.add(row, text);
  }

  #clock(store: Store, row: number): void {
    const bytes = this.#bytes;
    const from = this.#from;
    const ms = plainClock(bytes, from, this.#to);
    const read = Number.isNaN(ms) ? (parseClock(unwrap(this.#text()))?.ms ?? NaN) : ms;
    store.keys[row] = Number.isNaN(read) ? UNREADABLE : 0;
    store.ms[row] = Number.isNaN(read) ? 0 : read;
    if (Number.isNaN(read)) this.#noteStamp(store, row);
  }

  /** Start and end of `start - end`; an end without a date is on the day of the start. */
  #interval(store: Store, row: number): void {
    const separator = store.plan.separator!;
    const at = indexOfBytes(this.#bytes, separator, this.#from, this.#to);
    store.keys[row] = UNREADABLE;
    store.endKeys[row] = UNREADABLE;
    if (at < 0) {
      this.#noteStamp(store, row);
      return;
    }
    const startText = store.plan.clocks
      ? parseClock(this.#options.decode(this.#bytes.subarray(this.#from, at)))
      : null;
    if (store.plan.clocks) {
      store.keys[row] = startText ? 0 : UNREADABLE;
      store.ms[row] = startText?.ms ?? 0;
    } else this.#stamp(store, row, this.#from, at);
    const startKey = store.keys[row];
    if (startKey === UNREADABLE) return;
    const reader = this.#reader;
    const hadOffset = reader.hasOffset;
    if (!store.plan.clocks) reader.read(this.#bytes, at + separator.length, this.#to);
    if (!store.plan.clocks && reader.key !== UNREADABLE) {
      store.endKeys[row] = reader.key;
      store.endMs[row] = reader.ms;
      return;
    }
    reader.hasOffset = hadOffset;
    const end = parseClock(this.#options.decode(this.#bytes.subarray(at + separator.length, this.#to)));
    if (!end) return;
    store.endKeys[row] = startKey;
    store.endMs[row] = end.ms <= store.ms[row] ? end.ms + 86_400_000 : end.ms;
  }
}

/** Digits with a sign and a point of a cell that stood in quotes or between spaces; NaN for anything else. */
function plainNumber(bytes: Uint8Array, from: number, to: number, point: number): number {
  let i = from;
  const negative = bytes[i] === 45;
  if (negative) i++;
  let whole = 0;
  let digits = 0;
  let dot = -1;
  for (; i < to; i++) {
    const digit = bytes[i] - 48;
    if (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit;
      digits++;
    } else if (bytes[i] === point && dot < 0) dot = i;
    else return NaN;
  }
  const places = dot < 0 ? 0 : to - dot - 1;
  if (digits === 0 || whole > MAX_EXACT || places > 22) return NaN;
  const value = whole / powers[places];
  return negative ? -value : value;
}

/** `hh:mm` or `hh:mm:ss`; NaN for anything else. */
function plainClock(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if ((length !== 5 && length !== 8) || bytes[from + 2] !== 58) return NaN;
  const pair = (at: number): number => {
    const high = bytes[at] - 48;
    const low = bytes[at + 1] - 48;
    return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : NaN;
  };
  const minutes = pair(from + 3);
  const seconds = length === 8 ? (bytes[from + 5] === 58 ? pair(from + 6) : NaN) : 0;
  const total = (pair(from) * 60 + minutes) * 60 + seconds;
  return minutes < 60 && seconds < 60 && total <= 86_400 ? total * 1000 : NaN;
}

function indexOfBytes(bytes: Uint8Array, part: Uint8Array, from: number, to: number): number {
  for (let at = from; at + part.length <= to; at++) {
    let i = 0;
    while (i < part.length && bytes[at + i] === part[i]) i++;
    if (i === part.length) return at;
  }
  return -1;
}
