/** @file Target statistics of CatBoost models: `features_info.ctrs` (what is computed) and `ctr_data` (the tables). */
import type { DerivedColumn, StatisticKind, StatisticTable } from '../ensemble.ts';
import type { CatboostColumns } from './catboost-read.ts';
import type { Field } from './model-file.ts';

const kinds: readonly StatisticKind[] = ['Borders', 'Buckets', 'BinarizedTargetMeanValue', 'Counter'];
/** CatBoost's mark of an empty slot of a table. */
export const emptySlot = 0xffffffffffffffffn;

type Plain = Pick<CatboostColumns, 'features' | 'floats' | 'categories' | 'codes'>;

export function readCatboostStatistics(
  root: Field,
  columns: Plain,
): Pick<CatboostColumns, 'derived' | 'tables' | 'statisticSplits'> {
  const info = root.get('features_info');
  const fields = info.find('ctrs')?.list() ?? [];
  const derived: DerivedColumn[] = [];
  const tables: StatisticTable[] = [];
  const tableOf = new Map<string, number>();
  const statisticSplits = new Map<number, { column: number; border: number }>();
  let split = firstSplit(info);
  for (const field of fields) {
    const statistic = field.get('ctr_type').text();
    if (!(kinds as readonly string[]).includes(statistic))
      field
        .get('ctr_type')
        .unsupported(`statistic ${statistic.slice(0, 40)} is not read`, `Train with ${kinds.join(', ')}.`);
    const identifier = field.get('identifier').text();
    const data =
      root.find('ctr_data')?.find(identifier) ??
      field.fail(`ctr_data has no table ${identifier.slice(0, 120)}`);
    let table = tableOf.get(identifier);
    if (table === undefined) {
      table = tables.length;
      tables.push(readTable(data, statistic as StatisticKind));
      tableOf.set(identifier, table);
    }
    const column = columns.features.length + derived.length;
    derived.push({
      ...readCombination(field, columns),
      ...readFormula(field, statistic as StatisticKind),
      table,
    });
    for (const border of field.get('borders').finiteNumbers())
      statisticSplits.set(split++, { column, border });
  }
  return { derived, tables, statisticSplits };
}

/** Questions are numbered: all borders of numbers, then all single categories, then all borders of statistics. */
function firstSplit(info: Field): number {
  const sizes = (list: string, values: string): number =>
    (info.find(list)?.list() ?? []).reduce(
      (sum, field) => sum + (field.find(values)?.numbers().length ?? 0),
      0,
    );
  return sizes('float_features', 'borders') + sizes('categorical_features', 'values');
}

function readCombination(field: Field, columns: Plain): Pick<DerivedColumn, 'columns' | 'binary' | 'equal'> {
  const used: number[] = [];
  const binary: { column: number; border: number }[] = [];
  const equal: { column: number; code: number }[] = [];
  for (const element of field.get('elements').list()) {
    const kind = element.get('combination_element').text();
    const at = (key: string, list: readonly number[]): number =>
      list[element.get(key).whole(0, list.length - 1)];
    if (kind === 'cat_feature_value') used.push(at('cat_feature_index', columns.categories));
    else if (kind === 'float_feature')
      binary.push({
        column: at('float_feature_index', columns.floats),
        border: element.get('border').finite(),
      });
    else if (kind === 'cat_feature_exact_value')
      equal.push({
        column: at('cat_feature_index', columns.categories),
        code: columns.codes.get(element.get('value').number() >>> 0) ?? -1,
      });
    else element.fail(`unknown element "${kind.slice(0, 40)}"`);
  }
  return { columns: used.sort((a, b) => a - b), binary, equal };
}

function readFormula(
  field: Field,
  statistic: StatisticKind,
): Pick<DerivedColumn, 'statistic' | 'targetBorder' | 'prior' | 'shift' | 'scale'> {
  return {
    statistic,
    targetBorder: field.find('target_border_idx')?.whole(0, 10_000) ?? 0,
    // the file spells it so
    prior: {
      numerator: field.get('prior_numerator').finite(),
      denominator: field.get('prior_denomerator').finite(),
    },
    shift: field.get('shift').finite(),
    scale: field.get('scale').finite(),
  };
}

/** `hash_map`: hash (as text, since it has 64 bits) and counts, one after the other. */
function readTable(field: Field, statistic: StatisticKind): StatisticTable {
  const mapField = field.get('hash_map');
  const map = mapField.value;
  const classes = field.get('hash_stride').whole(2, 10_000) - 1;
  if (statistic === 'BinarizedTargetMeanValue' && classes !== 2)
    field.fail(`expected a hash_stride of 3, found ${classes + 1}`);
  if (!Array.isArray(map) || map.length % (classes + 1) !== 0)
    return mapField.fail(`expected hashes with ${classes} numbers each`);
  const hashes: bigint[] = [];
  const counts: number[] = [];
  for (let i = 0; i < map.length; i += classes + 1) {
    const text: unknown = map[i];
    if (typeof text !== 'string' || !/^\d{1,20}$/.test(text)) return mapField.fail(`expected a hash at ${i}`);
    const hash = BigInt(text);
    if (hash >= emptySlot) continue;
    hashes.push(hash);
    for (let k = 1; k <= classes; k++) {
      const count: unknown = map[i + k];
      if (typeof count !== 'number' || !Number.isFinite(count))
        return mapField.fail(`expected a number at ${i + k}`);
      counts.push(count);
    }
  }
  return {
    hashes: BigUint64Array.from(hashes),
    counts: Float64Array.from(counts),
    classes,
    total: field.find('counter_denominator')?.finite() ?? 0,
  };
}
