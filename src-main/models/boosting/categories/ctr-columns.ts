/** @file The columns that a combination of categories gives: one for each statistic, target border and prior. */
import type { DerivedColumn } from '../ensemble.ts';
import { combinationKey } from './combinations.ts';
import type { Combination } from './combinations.ts';
import { normalisation, onlineBins, targetBordersOf } from './target-statistics.ts';
import type { Buckets, StatisticSpec, TargetClasses } from './target-statistics.ts';

/** One statistic of one combination. */
export interface CtrColumn {
  readonly combination: Combination;
  readonly spec: StatisticSpec;
  readonly targetBorder: number;
  readonly prior: number;
}

/** Statistics of single columns (simple_ctr) and of combinations (combinations_ctr). */
export interface StatisticChoice {
  readonly simple: readonly StatisticSpec[];
  readonly combined: readonly StatisticSpec[];
}

export const isSingle = ({ columns, binary, equal }: Combination): boolean =>
  columns.length + binary.length + equal.length === 1;

export const specsOf = (combination: Combination, choice: StatisticChoice): readonly StatisticSpec[] =>
  isSingle(combination) ? choice.simple : choice.combined;

/** Columns of one spec in the order of {@link onlineBins}. */
export function columnsOf(combination: Combination, spec: StatisticSpec, classes: number): CtrColumn[] {
  const borders = targetBordersOf(spec, classes);
  return Array.from({ length: borders * spec.priors.length }, (_, i) => ({
    combination,
    spec,
    targetBorder: Math.floor(i / spec.priors.length),
    prior: spec.priors[i % spec.priors.length],
  }));
}

/** The bins of one column alone, by the rows' order of another permutation. */
export function binsOf(
  column: CtrColumn,
  buckets: Buckets,
  order: Uint32Array,
  classes: TargetClasses,
): Uint8Array {
  const spec = { ...column.spec, priors: [column.prior] };
  return onlineBins(spec, buckets, order, classes)[column.targetBorder];
}

/** Equal for columns with equal values. */
export const columnKey = ({ combination, spec, targetBorder, prior }: CtrColumn): string =>
  `${tableKey(combination, spec)}#${targetBorder}#${prior}#${spec.borders}`;

/** Equal for columns that read the same table. */
export const tableKey = (combination: Combination, spec: StatisticSpec): string =>
  spec.statistic === 'Counter'
    ? `Counter#${combinationKey(combination)}`
    : `${spec.statistic}#${spec.targetBorders}#${combinationKey(combination)}`;

export function toDerived(
  { combination, spec, targetBorder, prior }: CtrColumn,
  table: number,
): DerivedColumn {
  const { shift, width } = normalisation(prior);
  return {
    statistic: spec.statistic,
    columns: combination.columns,
    binary: combination.binary,
    equal: combination.equal,
    targetBorder,
    prior: { numerator: prior, denominator: 1 },
    shift,
    scale: spec.borders / width,
    table,
  };
}
