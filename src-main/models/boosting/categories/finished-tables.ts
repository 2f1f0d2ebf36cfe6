/** @file The tables of statistics that a finished model carries: made of all rows, under the hashes of CatBoost. */
import type { DerivedColumn, StatisticTable } from '../ensemble.ts';
import type { BucketStore } from './buckets.ts';
import { createTextHash, toBigInt } from './combination-hash.ts';
import type { TextHash } from './combination-hash.ts';
import { combinationKey } from './combinations.ts';
import type { Combination } from './combinations.ts';
import { tableKey, toDerived } from './ctr-columns.ts';
import type { CtrColumn } from './ctr-columns.ts';
import { hashRow } from './derived-values.ts';
import { finalTable } from './target-statistics.ts';
import type { StatisticSpec, TargetClasses } from './target-statistics.ts';

/** The training rows, as far as their categories are hashed. */
export interface HashedRows {
  /** shape (columns) x (rows) */
  readonly columns: readonly (Float64Array | Float32Array)[];
  readonly categorical: readonly boolean[];
  readonly categories: readonly (readonly string[] | null)[];
  readonly missingAs: readonly ('min' | 'max')[] | null;
}

/** @param described columns the finished trees ask for, in the order of their numbers */
export function buildTables(
  described: readonly CtrColumn[],
  input: HashedRows,
  store: BucketStore,
  classes: (spec: StatisticSpec) => TargetClasses,
): { derived: DerivedColumn[]; tables: StatisticTable[] } {
  const hashes = input.columns.map((_, c) =>
    input.categorical[c] ? createTextHash(input.categories[c]) : null,
  );
  const tables: StatisticTable[] = [];
  const numbers = new Map<string, number>();
  const hashed = new Map<string, BigUint64Array>();
  const derived = described.map((column) => {
    const key = tableKey(column.combination, column.spec);
    let table = numbers.get(key);
    if (table === undefined) {
      const buckets = store.of(column.combination);
      const name = combinationKey(column.combination);
      let found = hashed.get(name);
      if (found === undefined) {
        found = bucketHashes(column.combination, buckets.of, buckets.count, input, hashes);
        hashed.set(name, found);
      }
      table = tables.push(finalTable(column.spec.statistic, buckets, classes(column.spec), found)) - 1;
      numbers.set(key, table);
    }
    return toDerived(column, table);
  });
  store.endTree();
  return { derived, tables };
}

function bucketHashes(
  combination: Combination,
  of: Int32Array,
  count: number,
  input: HashedRows,
  hashes: readonly (TextHash | null)[],
): BigUint64Array {
  const out = new BigUint64Array(count);
  const hash = { high: 0, low: 0 };
  // groups are numbered by the row they first appear in
  for (let i = 0, next = 0; i < of.length && next < count; i++) {
    if (of[i] !== next) continue;
    hashRow(hash, combination, input.columns, i, hashes, input.missingAs);
    out[next++] = toBigInt(hash);
  }
  return out;
}
