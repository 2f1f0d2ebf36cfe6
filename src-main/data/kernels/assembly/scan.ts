/**
 * @file AssemblyScript (not TypeScript): rows of plain cells from bytes to column arrays. Whatever is not plain ends the
 * call, and the scanner in scanner.ts reads that row by its own, slower definition; the two must agree to the bit.
 *
 * A cell is plain, with or without quotes right around it, when it is: digits with a sign and a point (15 digits at most);
 * nothing at all in a number column; a text seen before; a date of three numbers with a clock time and an offset; a clock.
 */

const SKIP: i32 = 0;
const NUMBER: i32 = 1;
const TEXT: i32 = 2;
const STAMP: i32 = 3;
const QUOTE: i32 = 34;
const CR: i32 = 13;
const SPACE: i32 = 32;
// see stamp-text.ts
const YEAR_LAST: i32 = 1 << 28;
const SHORT: i32 = 1 << 29;

/** 128 bytes each; the same offsets are in plain-rows.ts. */
@unmanaged
class Column {
  kind: i32; // 0
  /** numbers: f64; texts: i32 codes; stamps: i32 keys */
  out: usize; // 4
  /** stamps and clocks: i32 ms since midnight */
  out2: usize; // 8
  /** dictionary: slots hold code + 1 */
  slots: usize; // 12
  mask: i32; // 16
  hashes: usize; // 20
  ends: usize; // 24
  arena: usize; // 28
  /** empty cells */
  missing: i32; // 32
  /** stamps with an offset */
  offsets: i32; // 36
  /** rows that were counted last in the two above */
  missingRow: i32; // 40
  offsetRow: i32; // 44
  /** first 10 bytes of the date read last, and its key */
  date1: u64; // 48
  date2: u64; // 56
  dateKey: i32; // 64
}

const COLUMN_BYTES: usize = 128;

// the stamp read last
let key: i32 = 0;
let ms: i32 = 0;
let hasOffset: bool = false;

/** rows read by the last call */
export let rows: i32 = 0;

/** Powers of ten as doubles, 0 to 15. */
const powers: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
const wholePowers: StaticArray<i64> = [1, 10, 100, 1000, 10000, 100000, 1000000, 10000000];

// @ts-expect-error: decorator
@inline
function at(i: usize): i32 {
  return <i32>load<u8>(i);
}

// @ts-expect-error: decorator
@inline
function isDigit(byte: i32): bool {
  return <u32>(byte - 48) <= 9;
}

/** Position of the first byte that is no digit in eight of them, 8 where all are; `x` is the bytes xor '0'. */
// @ts-expect-error: decorator
@inline
function digitsIn(x: u64): i32 {
  return <i32>(ctz(((x + 0x7676767676767676) | x) & 0x8080808080808080) >> 3);
}

/** Number of the first `n` (0 to 7) of eight digits, first digit in the lowest byte; `x` is the bytes xor '0'. */
// @ts-expect-error: decorator
@inline
function numberOf(x: u64, n: i32): i64 {
  let v = (x << (<u64>(7 - n) << 3)) << 8;
  v = (v * 2561) >> 8 & 0x00ff00ff00ff00ff;
  v = (v * 6553601) >> 16 & 0x0000ffff0000ffff;
  return <i64>((v * 42949672960001) >> 32);
}

/**
 * @param columns width Column records
 * @param begin first byte of a row; @param end behind a line end
 * @param most rows the outputs hold
 * @param point decimal sign; @param quotedPoint within quotes
 * @returns where the first row that is not plain begins, or the next one where the outputs are full
 */
export function scan(
  columns: usize,
  width: i32,
  begin: usize,
  end: usize,
  most: i32,
  delimiter: i32,
  eol: i32,
  point: i32,
  quotedPoint: i32,
): usize {
  let i = begin;
  let row = 0;
  for (let k = 0; k < width; k++) {
    const c = changetype<Column>(columns + <usize>k * COLUMN_BYTES);
    c.missingRow = -1;
    c.offsetRow = -1;
  }
  while (i < end && row < most) {
    const start = i;
    let k = 0;
    let whole = false;
    let c = changetype<Column>(columns);
    for (;;) {
      const kind = c.kind;
      let byte = at(i);
      const quoted = byte == QUOTE;
      if (quoted) i++;
      if (kind == NUMBER) {
        let value: f64;
        const sign = at(i);
        const negative = sign == 45;
        const first = i + <usize>negative;
        const x = load<u64>(first) ^ 0x3030303030303030;
        let n = digitsIn(x);
        i = first + <usize>n;
        byte = at(i);
        if (n < 8) {
          let digits = n;
          let places = 0;
          let integer = numberOf(x, n);
          if (byte == (quoted ? quotedPoint : point)) {
            const y = load<u64>(i + 1) ^ 0x3030303030303030;
            places = digitsIn(y);
            if (places == 8) break;
            digits += places;
            integer = integer * unchecked(wholePowers[places]) + numberOf(y, places);
            i += 1 + <usize>places;
            byte = at(i);
          }
          value = <f64>integer / unchecked(powers[places]);
          if (digits == 0) {
            // an empty cell, unless a sign or a point stands there
            if (negative || i != first) break;
            value = NaN;
            c.missing++;
            c.missingRow = row;
          }
        } else {
          let integer: i64 = 0;
          i = first;
          byte = at(i);
          while (isDigit(byte)) {
            integer = integer * 10 + (byte - 48);
            byte = at(++i);
            if (i - first > 15) break;
          }
          n = <i32>(i - first);
          let places = 0;
          if (byte == (quoted ? quotedPoint : point)) {
            const dot = i;
            byte = at(++i);
            while (isDigit(byte)) {
              integer = integer * 10 + (byte - 48);
              byte = at(++i);
              if (i - dot > 15) break;
            }
            places = <i32>(i - dot) - 1;
            n += places;
          }
          if (n > 15) break;
          value = <f64>integer / unchecked(powers[places]);
        }
        store<f64>(c.out + (<usize>row << 3), negative ? -value : value);
      } else if (kind == TEXT) {
        const from = i;
        let hash = 0;
        byte = at(i);
        if (byte == SPACE || byte == 61 || (byte == QUOTE && !quoted)) break;
        const close = quoted ? QUOTE : delimiter;
        const stop = quoted ? QUOTE : eol;
        while (byte != close && byte != stop && byte != CR && byte != eol) {
          hash = hash * 31 + byte;
          byte = at(++i);
        }
        if (quoted && (byte != QUOTE || at(i - 1) <= SPACE)) break;
        const code = find(c, from, i, hash);
        if (code < 0) break;
        store<i32>(c.out + (<usize>row << 2), code);
      } else if (kind == STAMP) {
        const d1 = load<u64>(i);
        const d2 = load<u64>(i + 2);
        const cell = i;
        if (d1 == c.date1 && d2 == c.date2) {
          key = c.dateKey;
          i += 10;
        } else {
          i = date(cell);
          if (i == 0) break;
          c.date1 = i - cell == 10 ? d1 : 0;
          c.date2 = d2;
          c.dateKey = key;
        }
        byte = at(i);
        ms = 0;
        hasOffset = false;
        // a space or a T parts date and time
        if (byte == SPACE || byte == 84) i = clock(i + 1);
        if (i == 0) break;
        store<i32>(c.out + (<usize>row << 2), key);
        store<i32>(c.out2 + (<usize>row << 2), ms);
        if (hasOffset) {
          c.offsets++;
          c.offsetRow = row;
        }
      } else if (kind == SKIP) {
        if (quoted) break;
        while (byte != delimiter && byte != eol) byte = at(++i);
      } else {
        i = plainClock(i);
        if (i == 0) break;
        store<i32>(c.out + (<usize>row << 2), 0);
        store<i32>(c.out2 + (<usize>row << 2), ms);
      }
      byte = at(i);
      if (quoted) {
        if (byte != QUOTE) break;
        byte = at(++i);
      }
      if (byte == CR && at(i + 1) == eol) {
        i++;
        byte = eol;
      }
      k++;
      if (byte == eol) {
        whole = k == width;
        break;
      }
      if (byte != delimiter || k == width) break;
      i++;
      c = changetype<Column>(changetype<usize>(c) + COLUMN_BYTES);
    }
    if (!whole) {
      takeBack(columns, width, row);
      rows = row;
      return start;
    }
    i++;
    row++;
  }
  rows = row;
  return i;
}

/** The row will be read again: what was counted for it does not hold. */
function takeBack(columns: usize, width: i32, row: i32): void {
  for (let k = 0; k < width; k++) {
    const c = changetype<Column>(columns + <usize>k * COLUMN_BYTES);
    if (c.missingRow == row) {
      c.missing--;
      c.missingRow = -1;
    }
    if (c.offsetRow == row) {
      c.offsets--;
      c.offsetRow = -1;
    }
  }
}

function find(c: Column, from: usize, to: usize, hash: i32): i32 {
  const mask = c.mask;
  let slot = hash & mask;
  let code = load<i32>(c.slots + (<usize>slot << 2)) - 1;
  while (code >= 0) {
    if (load<i32>(c.hashes + (<usize>code << 2)) == hash) {
      let level = c.arena + <usize>load<i32>(c.ends + (<usize>code << 2));
      const stop = c.arena + <usize>load<i32>(c.ends + (<usize>(code + 1) << 2));
      if (stop - level == to - from) {
        let p = from;
        while (p < to && load<u8>(level) == load<u8>(p)) {
          level++;
          p++;
        }
        if (p == to) return code;
      }
    }
    slot = (slot + 1) & mask;
    code = load<i32>(c.slots + (<usize>slot << 2)) - 1;
  }
  return -1;
}

/** Three numbers with `/`, `-` or `.` between: sets key. @returns index behind, 0 for anything else */
function date(from: usize): usize {
  let i = from;
  let one = 0;
  let byte = at(i);
  while (isDigit(byte)) {
    one = one * 10 + byte - 48;
    byte = at(++i);
    if (i - from > 4) return 0;
  }
  const oneLength = i - from;
  if (oneLength == 0 || oneLength == 3) return 0;
  const mark = byte;
  if (mark != 47 && mark != 45 && mark != 46) return 0;
  let start = ++i;
  let two = 0;
  byte = at(i);
  while (isDigit(byte)) {
    two = two * 10 + byte - 48;
    byte = at(++i);
    if (i - start > 2) return 0;
  }
  if (i == start || byte != mark) return 0;
  start = ++i;
  let three = 0;
  byte = at(i);
  while (isDigit(byte)) {
    three = three * 10 + byte - 48;
    byte = at(++i);
    if (i - start > 4) return 0;
  }
  const threeLength = i - start;
  if (oneLength == 4) {
    if (threeLength < 1 || threeLength > 2 || one < 1000) return 0;
    if (two < 1 || two > 12 || three < 1 || three > 31) return 0;
    key = (one << 14) | (two << 7) | three;
  } else if (threeLength == 4) {
    if (three < 1000) return 0;
    key = (three << 14) | (one << 7) | two | YEAR_LAST;
  } else if (threeLength == 1 || threeLength == 2) key = (three << 14) | (one << 7) | two | SHORT;
  else return 0;
  return i;
}

/** `h:mm`, then seconds, a fraction, an offset: sets ms and hasOffset. @returns index behind, 0 for anything else */
function clock(from: usize): usize {
  let i = from;
  let byte = at(i);
  if (!isDigit(byte)) return 0;
  let hour = byte - 48;
  byte = at(++i);
  if (isDigit(byte)) {
    hour = hour * 10 + byte - 48;
    byte = at(++i);
  }
  if (byte != 58) return 0;
  const minutes = sixty(i + 1);
  if (minutes < 0) return 0;
  i += 3;
  byte = at(i);
  let total = (hour * 60 + minutes) * 60_000;
  if (byte == 58) {
    const seconds = sixty(i + 1);
    if (seconds < 0) return 0;
    total += seconds * 1000;
    i += 3;
    byte = at(i);
    if (byte == 46) {
      let scale = 100;
      byte = at(++i);
      if (!isDigit(byte)) return 0;
      while (isDigit(byte)) {
        if (scale == 0) return 0;
        total += (byte - 48) * scale;
        scale /= 10;
        byte = at(++i);
      }
    }
  }
  if (hour > 24 || (hour == 24 && total > 86_400_000)) return 0;
  if (byte == 90) {
    hasOffset = true;
    i++;
  } else if (byte == 43 || byte == 45) {
    const ahead = at(i + 1) - 48;
    const behind = at(i + 2) - 48;
    if (<u32>ahead > 9 || <u32>behind > 9) return 0;
    let offset = (ahead * 10 + behind) * 60;
    i += 3;
    const colon = at(i) == 58;
    if (colon) i++;
    if (colon || isDigit(at(i))) {
      const tens = at(i) - 48;
      const ones = at(i + 1) - 48;
      if (<u32>tens > 9 || <u32>ones > 9) return 0;
      offset += tens * 10 + ones;
      i += 2;
    }
    if (offset > 900) return 0;
    total -= (byte == 43 ? offset : -offset) * 60_000;
    hasOffset = true;
  }
  ms = total;
  return i;
}

/** Two digits up to 59, -1 for anything else. */
// @ts-expect-error: decorator
@inline
function sixty(i: usize): i32 {
  const tens = at(i) - 48;
  const ones = at(i + 1) - 48;
  return <u32>tens > 5 || <u32>ones > 9 ? -1 : tens * 10 + ones;
}

/** `hh:mm` or `hh:mm:ss`: sets ms. @returns index behind, 0 for anything else */
function plainClock(i: usize): usize {
  const tens = at(i) - 48;
  const ones = at(i + 1) - 48;
  const minutes = sixty(i + 3);
  if (<u32>tens > 9 || <u32>ones > 9 || at(i + 2) != 58 || minutes < 0) return 0;
  let seconds = 0;
  let end = i + 5;
  if (at(end) == 58) {
    seconds = sixty(i + 6);
    if (seconds < 0) return 0;
    end += 3;
  }
  const total = ((tens * 10 + ones) * 60 + minutes) * 60 + seconds;
  ms = total * 1000;
  return total <= 86_400 ? end : 0;
}
