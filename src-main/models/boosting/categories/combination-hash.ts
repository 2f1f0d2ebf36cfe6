/**
 * @file How CatBoost numbers a combination of categories in its statistic tables: 64-bit hashes of the categories' texts,
 * mixed one after the other by `magic * (hash + magic * value)` modulo 2^64. Two 32-bit halves instead of big integers,
 * because a prediction mixes several of them per row.
 */
import { cityHash64 } from './city-hash.ts';

/** Mixing state; starts at 0. */
export interface Hash64 {
  high: number;
  low: number;
}

const magicHigh = 0x4906ba49;
const magicLow = 0x4954cb65;

/** high half of the 64-bit product of two 32-bit numbers */
function productHigh(x: number, y: number): number {
  const x0 = x & 0xffff;
  const x1 = x >>> 16;
  const y0 = y & 0xffff;
  const y1 = y >>> 16;
  const middle = x0 * y1 + x1 * y0 + Math.floor((x0 * y0) / 65536);
  return (x1 * y1 + Math.floor(middle / 65536)) >>> 0;
}

function timesMagic(hash: Hash64): void {
  const { high, low } = hash;
  hash.low = Math.imul(low, magicLow) >>> 0;
  hash.high = (productHigh(low, magicLow) + Math.imul(low, magicHigh) + Math.imul(high, magicLow)) >>> 0;
}

const scratch: Hash64 = { high: 0, low: 0 };

/** Mixes one more 64-bit value, given by halves, into `hash`. */
export function mixInto(hash: Hash64, high: number, low: number): void {
  scratch.high = high;
  scratch.low = low;
  timesMagic(scratch);
  const sum = hash.low + scratch.low;
  hash.low = sum >>> 0;
  hash.high = (hash.high + scratch.high + (sum > 0xffffffff ? 1 : 0)) >>> 0;
  timesMagic(hash);
}

/** Mixes a category, by the 32-bit hash of its text, which CatBoost widens with its sign. */
export const mixCategory = (hash: Hash64, text: number): void => {
  mixInto(hash, (text | 0) < 0 ? 0xffffffff : 0, text >>> 0);
};

export const mixBit = (hash: Hash64, bit: boolean): void => {
  mixInto(hash, 0, bit ? 1 : 0);
};

/** Low 32 bits of the hash of a category's text: what CatBoost stores as `cat_features_hash`. */
export const categoryHash = (text: string): number => Number(cityHash64(text) & 0xffffffffn);

/** How a missing category is hashed: the text that Python's `str(float('nan'))` gives, so that it meets CatBoost's. */
export const missingCategory = 'nan';

/** 32-bit hash of the text of a code; -1 for what is no code of the column. NaN is the missing category. */
export type TextHash = (code: number) => number;

/** @param categories text of each code; null: a code stands for itself, as integer categories do in CatBoost */
export function createTextHash(categories: readonly string[] | null): TextHash {
  const missing = categoryHash(missingCategory);
  const known = new Map<number, number>();
  return (code) => {
    if (Number.isNaN(code)) return missing;
    const found = known.get(code);
    if (found !== undefined) return found;
    if (!Number.isInteger(code) || code < 0 || (categories !== null && code >= categories.length)) return -1;
    const hash = categoryHash(categories?.[code] ?? String(code));
    known.set(code, hash);
    return hash;
  };
}

/** One number of a {@link BigUint64Array} from its halves. */
export const toBigInt = (hash: Hash64): bigint => (BigInt(hash.high) << 32n) | BigInt(hash.low);
