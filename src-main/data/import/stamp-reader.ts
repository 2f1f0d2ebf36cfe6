/**
 * @file Stamps from bytes, without making a string: the spellings that large files use (three numbers, a clock time, an
 * offset). Everything else goes to {@link parseStamp}, which is also the reference this reader is tested against.
 */
import { SHORT, UNREADABLE, YEAR_LAST, fullYear, packKey, parseStamp } from './stamp-text.ts';
import type { DateOrder } from './stamp-text.ts';

const decoder = new TextDecoder('latin1');

/** Value of a digit; any other byte is negative, so that one test of all of them together finds a stranger. */
const digitOf = new Int32Array(256).fill(-0x8000_0000);
for (let digit = 0; digit <= 9; digit++) digitOf[48 + digit] = digit;

export class StampReader {
  /** of the last stamp read; {@link UNREADABLE} where it was none */
  key = UNREADABLE;
  /** ms since midnight of the last stamp, its own offset taken off */
  ms = 0;
  hasOffset = false;
  /** decodes what the fast path leaves, in the encoding of the file */
  readonly #text: (bytes: Uint8Array) => string;

  constructor(text: (bytes: Uint8Array) => string = (bytes) => decoder.decode(bytes)) {
    this.#text = text;
  }

  /**
   * Tries the layouts of fixed width that fill large files: `DD/MM/YYYY hh:mm`, `YYYY-MM-DD hh:mm`, either with `:ss`, any
   * of `/ - .` in the date and a space or T before the time.
   * @returns bytes taken, 16 or 19, with the result in the fields; 0 when it is something else. The caller looks whether
   *   the cell ends there.
   */
  fixed(bytes: Uint8Array, from: number): number {
    const gap = bytes[from + 10];
    if (bytes[from + 13] !== 58 || (gap !== 32 && gap !== 84)) return 0;
    const a = digitOf[bytes[from]];
    const b = digitOf[bytes[from + 1]];
    const i = digitOf[bytes[from + 8]];
    const j = digitOf[bytes[from + 9]];
    const h = digitOf[bytes[from + 11]] * 10 + digitOf[bytes[from + 12]];
    const m = digitOf[bytes[from + 14]] * 10 + digitOf[bytes[from + 15]];
    let mark = bytes[from + 2];
    if (mark === 47 || mark === 46 || mark === 45) {
      if (bytes[from + 5] !== mark) return 0;
      const d = digitOf[bytes[from + 3]];
      const e = digitOf[bytes[from + 4]];
      const g = digitOf[bytes[from + 6]];
      const y = digitOf[bytes[from + 7]];
      if ((a | b | d | e | g | y | i | j) < 0 || g === 0) return 0;
      this.key = packKey(g * 1000 + y * 100 + i * 10 + j, a * 10 + b, d * 10 + e, YEAR_LAST);
    } else {
      mark = bytes[from + 4];
      if ((mark !== 45 && mark !== 47 && mark !== 46) || bytes[from + 7] !== mark) return 0;
      const c = digitOf[bytes[from + 2]];
      const d = digitOf[bytes[from + 3]];
      const month = digitOf[bytes[from + 5]] * 10 + digitOf[bytes[from + 6]];
      const day = i * 10 + j;
      if ((a | b | c | d | i | j) < 0 || a === 0 || month < 1 || month > 12 || day < 1 || day > 31) return 0;
      this.key = packKey(a * 1000 + b * 100 + c * 10 + d, month, day, 0);
    }
    if (h < 0 || m < 0 || m > 59 || h > 24 || (h === 24 && m > 0)) return 0;
    this.hasOffset = false;
    this.ms = (h * 60 + m) * 60_000;
    if (bytes[from + 16] !== 58) return 16;
    const s = digitOf[bytes[from + 17]] * 10 + digitOf[bytes[from + 18]];
    if (s < 0 || s > 59 || (h === 24 && s > 0)) return 0;
    this.ms += s * 1000;
    return 19;
  }

  /** Reads the cell `bytes[from..to)`, no spaces around it; the result is in the fields. */
  read(bytes: Uint8Array, from: number, to: number): void {
    if (this.#fast(bytes, from, to)) return;
    const stamp = parseStamp(this.#text(bytes.subarray(from, to)));
    this.key = stamp?.key ?? UNREADABLE;
    this.ms = stamp?.ms ?? 0;
    this.hasOffset = stamp !== null && stamp.offset !== null;
  }

  #fast(bytes: Uint8Array, from: number, to: number): boolean {
    let i = from;
    let digit: number;
    let one = 0;
    while (i < to && (digit = bytes[i] - 48) >= 0 && digit <= 9) {
      one = one * 10 + digit;
      i++;
    }
    const oneLength = i - from;
    if (oneLength === 0 || oneLength > 4 || oneLength === 3 || i >= to) return false;
    const mark = bytes[i++];
    if (mark !== 47 && mark !== 45 && mark !== 46) return false;
    let start = i;
    let two = 0;
    while (i < to && (digit = bytes[i] - 48) >= 0 && digit <= 9) {
      two = two * 10 + digit;
      i++;
    }
    if (i === start || i - start > 2 || bytes[i] !== mark || i >= to) return false;
    start = ++i;
    let three = 0;
    while (i < to && (digit = bytes[i] - 48) >= 0 && digit <= 9) {
      three = three * 10 + digit;
      i++;
    }
    const threeLength = i - start;
    if (oneLength === 4) {
      if (threeLength < 1 || threeLength > 2 || one < 1000 || two < 1 || two > 12 || three < 1 || three > 31)
        return false;
      this.key = packKey(one, two, three, 0);
    } else if (threeLength === 4) {
      if (three < 1000) return false;
      this.key = packKey(three, one, two, YEAR_LAST);
    } else if (threeLength === 1 || threeLength === 2) this.key = packKey(three, one, two, SHORT);
    else return false;
    this.ms = 0;
    this.hasOffset = false;
    if (i === to) return true;
    const gap = bytes[i];
    if (gap !== 32 && gap !== 84) return false; // space or T
    return this.#clock(bytes, i + 1, to);
  }

  #clock(bytes: Uint8Array, from: number, to: number): boolean {
    let i = from;
    let digit: number;
    let hour = 0;
    while (i < to && (digit = bytes[i] - 48) >= 0 && digit <= 9) {
      hour = hour * 10 + digit;
      i++;
    }
    if (i === from || i - from > 2 || bytes[i] !== 58 || i + 2 >= to) return false;
    const tens = bytes[i + 1] - 48;
    const ones = bytes[i + 2] - 48;
    if (tens < 0 || tens > 5 || ones < 0 || ones > 9) return false;
    i += 3;
    let ms = (hour * 60 + tens * 10 + ones) * 60_000;
    if (i < to && bytes[i] === 58) {
      const high = i + 2 < to ? bytes[i + 1] - 48 : -1;
      const low = i + 2 < to ? bytes[i + 2] - 48 : -1;
      if (high < 0 || high > 5 || low < 0 || low > 9) return false;
      ms += (high * 10 + low) * 1000;
      i += 3;
      if (i < to && bytes[i] === 46) {
        let scale = 100;
        let sub = 0;
        const dot = i++;
        while (i < to && (digit = bytes[i] - 48) >= 0 && digit <= 9) {
          sub += digit * scale;
          scale /= 10;
          i++;
        }
        if (i === dot + 1 || i - dot > 10) return false;
        ms += Math.round(sub);
      }
    }
    if (hour > 24 || (hour === 24 && ms > 86_400_000)) return false;
    if (i < to) {
      const offset = this.#offset(bytes, i, to);
      if (Number.isNaN(offset)) return false;
      ms -= offset;
      this.hasOffset = true;
    }
    this.ms = ms;
    return true;
  }

  /** `Z`, `+hh:mm`, `+hhmm`, `+hh` up to the end of the cell; NaN for anything else. */
  #offset(bytes: Uint8Array, from: number, to: number): number {
    const sign = bytes[from];
    if (sign === 90) return from + 1 === to ? 0 : NaN;
    if (sign !== 43 && sign !== 45) return NaN;
    let value = 0;
    let digits = 0;
    for (let i = from + 1; i < to; i++) {
      const digit = bytes[i] - 48;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digits++;
      } else if (bytes[i] !== 58 || digits !== 2) return NaN;
    }
    const minutes =
      digits === 4 ? Math.floor(value / 100) * 60 + (value % 100) : digits === 2 ? value * 60 : NaN;
    if (!(minutes <= 900)) return NaN;
    return (sign === 43 ? minutes : -minutes) * 60_000;
  }
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** UTC ms of midnight of a key's day under an order, NaN for a day that does not exist. */
export function dayOfKey(key: number, order: DateOrder): number {
  if (key === UNREADABLE) return NaN;
  let year = (key >> 14) & 0x3fff;
  let month = (key >> 7) & 0x7f;
  let day = key & 0x7f;
  if (key & YEAR_LAST) {
    if (order !== 'mdy') [day, month] = [month, day];
  } else if (key & SHORT) {
    const [one, two, three] = [month, day, year];
    if (order === 'ymd') [year, month, day] = [one, two, three];
    else if (order === 'mdy') [month, day, year] = [one, two, three];
    else [day, month, year] = [one, two, three];
    year = fullYear(year);
  }
  if (month < 1 || month > 12 || day < 1 || day > monthDays[month - 1]) return NaN;
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) return NaN;
  return Date.UTC(year, month - 1, day);
}

/**
 * Keys and times of day to milliseconds.
 * @param keys shape (n); consecutive rows mostly share a day, which is then computed once
 * @param ms shape (n)
 * @returns shape (n), NaN where the key is unreadable or its day does not exist
 */
export function stampsToMs(keys: Int32Array, ms: Int32Array, order: DateOrder): Float64Array {
  const time = new Float64Array(new SharedArrayBuffer(8 * keys.length)); // another thread will read it as it stands
  let lastKey = UNREADABLE;
  let lastDay = NaN;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key !== lastKey) {
      lastKey = key;
      lastDay = dayOfKey(key, order);
    }
    time[i] = lastDay + ms[i];
  }
  return time;
}
