/** @file Doubles as words for the device and back, see wgsl-numbers.ts. */
import { numWords } from './wgsl-numbers.ts';

const view = new DataView(new ArrayBuffer(8));

/**
 * Writes a double as a Num, exactly. Infinity becomes a number that no other reaches.
 * @param at word in `words`; {@link numWords} of them are written
 */
export function putNumber(words: Uint32Array, at: number, value: number): void {
  words.fill(0, at, at + numWords);
  if (value === 0) return;
  // below the least normal double: scaled up first
  const isSmall = Math.abs(value) < 2 ** -1022;
  view.setFloat64(0, isSmall ? value * 2 ** 100 : value);
  const high = view.getUint32(0);
  const low = view.getUint32(4);
  const exponent = (high >>> 20) & 0x7ff;
  words[at + 3] = high >>> 31;
  if (exponent === 0x7ff) {
    words[at + 1] = 0x80000000;
    words[at + 2] = 1 << 28;
    return;
  }
  words[at] = low << 11;
  words[at + 1] = 0x80000000 | ((high & 0xfffff) << 11) | (low >>> 21);
  words[at + 2] = exponent - 1086 - (isSmall ? 100 : 0);
}

/** @returns the double next to a Num that is not negative: its m and e are the three words from `at` on */
export function readPositive(words: Uint32Array, at: number): number {
  const mantissa = words[at + 1] * 2 ** 32 + words[at];
  return mantissa === 0 ? 0 : mantissa * 2 ** (words[at + 2] | 0);
}
