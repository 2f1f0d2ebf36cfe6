/**
 * @file Rows grouped by their combination of categories, kept for the combinations that trees ask for again. A group is
 * numbered by the row it first appears in.
 */
import type { Combination } from './combinations.ts';
import { isAbove } from './derived-values.ts';
import type { Buckets } from './target-statistics.ts';

export interface BucketStore {
  /** Groups of all rows by `combination`. */
  of(combination: Combination): Buckets;
  /** Forgets what belongs to the current tree alone (combinations that hold bits). */
  endTree(): void;
  readonly bytes: number;
}

/**
 * @param columns shape (columns) x (rows); codes for categories, NaN is a category of its own
 * @param budget bytes kept from tree to tree; older groups go first
 */
export function createBucketStore(
  columns: readonly (Float64Array | Float32Array)[],
  rows: number,
  missingAs: readonly ('min' | 'max')[] | null,
  budget: number,
): BucketStore {
  const kept = new Map<string, Buckets>();
  const perTree = new Map<string, Buckets>();
  const most = Math.max(columns.length, Math.floor(budget / (4 * Math.max(1, rows))));

  const ofCategories = (list: readonly number[]): Buckets => {
    const key = list.join(',');
    const found = kept.get(key);
    if (found !== undefined) {
      kept.delete(key);
      kept.set(key, found);
      return found;
    }
    const last = list[list.length - 1];
    const made =
      list.length === 1
        ? enumerate(columns[last], rows)
        : join(ofCategories(list.slice(0, -1)), ofCategories([last]), rows);
    kept.set(key, made);
    for (const [old] of kept) {
      if (kept.size <= most) break;
      if (old !== key) kept.delete(old);
    }
    return made;
  };

  const ofBits = ({ binary, equal }: Combination): Buckets => {
    const key = `${binary.map((b) => `${b.column}>${b.border}`).join()}|${equal.map((e) => `${e.column}=${e.code}`).join()}`;
    const found = perTree.get(key);
    if (found !== undefined) return found;
    const raw = new Float64Array(rows);
    let bit = 1;
    for (const { column, border } of binary) {
      const values = columns[column];
      const missing = missingAs?.[column] ?? 'min';
      for (let i = 0; i < rows; i++) if (isAbove(values[i], border, missing)) raw[i] += bit;
      bit *= 2;
    }
    for (const { column, code } of equal) {
      const values = columns[column];
      for (let i = 0; i < rows; i++) if (values[i] === code) raw[i] += bit;
      bit *= 2;
    }
    const made = enumerate(raw, rows);
    perTree.set(key, made);
    return made;
  };

  return {
    of(combination) {
      const categories = ofCategories(combination.columns);
      if (combination.binary.length + combination.equal.length === 0) return categories;
      return join(categories, ofBits(combination), rows);
    },
    endTree: () => {
      perTree.clear();
    },
    get bytes() {
      return (kept.size + perTree.size) * 4 * rows;
    },
  };
}

/** Numbers the distinct values of a column by first appearance; NaN is one of them. */
function enumerate(values: Float64Array | Float32Array, rows: number): Buckets {
  const of = new Int32Array(rows);
  const number = new Map<number, number>();
  for (let i = 0; i < rows; i++) {
    let b = number.get(values[i]);
    if (b === undefined) {
      b = number.size;
      number.set(values[i], b);
    }
    of[i] = b;
  }
  return { of, count: number.size };
}

/** pairs up to this many times the rows are numbered by a plain table */
const sparse = 4;

/** Numbers the pairs of groups that occur, by first appearance. */
function join(left: Buckets, right: Buckets, rows: number): Buckets {
  const of = new Int32Array(rows);
  const pairs = left.count * right.count;
  let count = 0;
  if (pairs <= sparse * rows + 1024) {
    const number = new Int32Array(pairs);
    for (let i = 0; i < rows; i++) {
      const pair = left.of[i] * right.count + right.of[i];
      let b = number[pair];
      if (b === 0) number[pair] = b = ++count;
      of[i] = b - 1;
    }
    return { of, count };
  }
  let size = 16;
  while (size < 2 * rows) size *= 2;
  const mask = size - 1;
  const number = new Int32Array(size);
  const first = new Int32Array(size);
  for (let i = 0; i < rows; i++) {
    const a = left.of[i];
    const b = right.of[i];
    let at = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) & mask;
    at = (at ^ (at >>> 15)) & mask;
    while (number[at] !== 0 && (left.of[first[at]] !== a || right.of[first[at]] !== b)) at = (at + 1) & mask;
    if (number[at] === 0) {
      number[at] = ++count;
      first[at] = i;
    }
    of[i] = number[at] - 1;
  }
  return { of, count };
}
