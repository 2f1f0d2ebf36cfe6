/**
 * @file Values of derived columns at prediction: a row's combination of categories is hashed as CatBoost does it, looked up
 * in the final statistic table, and turned into one number.
 */
import type { DerivedColumn, StatisticTable, TreeEnsemble } from '../ensemble.ts';
import { createTextHash, mixBit, mixCategory } from './combination-hash.ts';
import type { Hash64, TextHash } from './combination-hash.ts';
import { combinationKey } from './combinations.ts';
import type { Combination } from './combinations.ts';
import { createHashIndex } from './hash-index.ts';
import type { HashIndex } from './hash-index.ts';

type Column = Float64Array | Float32Array | readonly number[];

/** Derived columns that share a combination: it is hashed once per row, and looked up once in each table. */
interface Group {
  readonly combination: Combination;
  readonly lookups: readonly {
    readonly table: number;
    readonly members: readonly { d: number; values: Float64Array }[];
  }[];
}

interface Prepared {
  readonly groups: readonly Group[];
  readonly index: readonly HashIndex[];
  /** by input column: hashes of its categories; null for numbers */
  readonly hashes: readonly (TextHash | null)[];
}

const known = new WeakMap<TreeEnsemble, Prepared>();

/**
 * @param columns shape (features) x (at least `rows`); codes for categories, NaN is the missing category
 * @returns shape (derived) x (rows). A combination that training never saw has numerator and denominator 0
 */
export function derivedValues(
  ensemble: TreeEnsemble,
  columns: readonly Column[],
  rows: number,
): Float64Array[] {
  const prepared = known.get(ensemble) ?? prepare(ensemble);
  known.set(ensemble, prepared);
  const out = ensemble.derived.map(() => new Float64Array(rows));
  const hash: Hash64 = { high: 0, low: 0 };
  for (const { combination, lookups } of prepared.groups) {
    for (let i = 0; i < rows; i++) {
      const found = hashRow(hash, combination, columns, i, prepared.hashes, ensemble.missingAs);
      for (const { table, members } of lookups) {
        const at = found ? prepared.index[table].find(hash.high, hash.low) : -1;
        for (const { d, values } of members) out[d][i] = values[at + 1];
      }
    }
  }
  return out;
}

/** Hashes the combination of row `i`; false where it holds a category without a hash (unknown to training). */
export function hashRow(
  hash: Hash64,
  combination: Combination,
  columns: readonly Column[],
  i: number,
  hashes: readonly (TextHash | null)[],
  missingAs: readonly ('min' | 'max')[] | null,
): boolean {
  hash.high = 0;
  hash.low = 0;
  for (const column of combination.columns) {
    const text = hashes[column]?.(columns[column][i]) ?? -1;
    if (text < 0) return false;
    mixCategory(hash, text);
  }
  for (const { column, border } of combination.binary)
    mixBit(hash, isAbove(columns[column][i], border, missingAs?.[column] ?? 'min'));
  for (const { column, code } of combination.equal) mixBit(hash, columns[column][i] === code);
  return true;
}

/** Whether a number is above a border in 32 bits; missing ones are below or above all. */
export const isAbove = (value: number, border: number, missing: 'min' | 'max'): boolean =>
  Number.isNaN(value) ? missing === 'max' : Math.fround(value) > border;

function prepare(ensemble: TreeEnsemble): Prepared {
  const { derived, tables, features } = ensemble;
  const groups = new Map<
    string,
    { combination: Combination; byTable: Map<number, { d: number; values: Float64Array }[]> }
  >();
  derived.forEach((column, d) => {
    const key = combinationKey(column);
    const group = groups.get(key) ?? { combination: column, byTable: new Map() };
    groups.set(key, group);
    const members = group.byTable.get(column.table) ?? [];
    members.push({ d, values: valuesOf(column, tables[column.table]) });
    group.byTable.set(column.table, members);
  });
  const used = new Set(derived.flatMap(({ columns }) => columns));
  return {
    groups: [...groups.values()].map(({ combination, byTable }) => ({
      combination,
      lookups: [...byTable].map(([table, members]) => ({ table, members })),
    })),
    index: tables.map(({ hashes }) => createHashIndex(hashes)),
    hashes: features.map(({ categories }, f) => (used.has(f) ? createTextHash(categories) : null)),
  };
}

/** The column's value for every row of its table, shape (1 + hashes); first that of an absent combination. */
function valuesOf(column: DerivedColumn, table: StatisticTable): Float64Array {
  const n = table.hashes.length;
  const out = new Float64Array(n + 1);
  for (let i = -1; i < n; i++) out[i + 1] = statisticValue(column, table, i);
  return out;
}

/** A derived column's value at position `at` of its table (-1: absent), in 32 bits as CatBoost computes it. */
export function statisticValue(column: DerivedColumn, table: StatisticTable, at: number): number {
  const { counts, classes } = table;
  let numerator = 0;
  let denominator = column.statistic === 'Counter' ? table.total : 0;
  if (at >= 0) {
    const first = at * classes;
    if (column.statistic === 'Counter') numerator = counts[first];
    else if (column.statistic === 'BinarizedTargetMeanValue') {
      numerator = counts[first];
      denominator = counts[first + 1];
    } else {
      for (let k = 0; k < classes; k++) {
        denominator += counts[first + k];
        const counted = column.statistic === 'Buckets' ? k === column.targetBorder : k > column.targetBorder;
        if (counted) numerator += counts[first + k];
      }
    }
  }
  const { prior, shift, scale } = column;
  const f = Math.fround;
  const ratio = f(f(numerator + prior.numerator) / f(denominator + prior.denominator));
  return f(f(ratio + shift) * scale);
}
