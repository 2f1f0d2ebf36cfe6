/** @file Reads tests/golden/categories.json, and CatBoost's model in it as a {@link TreeEnsemble} with statistic tables. */
import { readFileSync } from 'node:fs';
import type {
  DerivedColumn,
  FeatureInfo,
  StatisticKind,
  StatisticTable,
} from '../../src-main/models/boosting/ensemble.ts';
import type { TreeEnsemble } from '../../src-main/models/boosting/ensemble.ts';

export interface GoldenSplit {
  readonly code: readonly (number | null)[];
  readonly target: readonly number[];
  readonly binary?: boolean;
  readonly categories?: number;
  readonly params: Readonly<Record<string, number>>;
}

interface LightgbmSplit extends GoldenSplit {
  readonly bins: readonly number[];
  readonly found: { set: number[]; gain: number; inside: number; outside: number } | null;
}

interface XgboostSplit extends GoldenSplit {
  readonly found: { set: number[]; gain: number; missingLeft: boolean; left: number; right: number } | null;
}

interface Element {
  readonly combination_element: 'cat_feature_value' | 'float_feature' | 'cat_feature_exact_value';
  readonly cat_feature_index: number;
  readonly border: number;
  readonly value: number;
}

interface Ctr {
  readonly ctr_type: StatisticKind;
  readonly elements: readonly Element[];
  readonly identifier: string;
  readonly target_border_idx: number;
  readonly prior_numerator: number;
  readonly prior_denomerator: number;
  readonly shift: number;
  readonly scale: number;
  readonly borders: readonly number[];
}

interface CatboostModel {
  readonly ctr_data: Readonly<
    Record<
      string,
      { hash_map: readonly (string | number)[]; hash_stride: number; counter_denominator: number }
    >
  >;
  readonly features_info: {
    readonly cat_features_hash: readonly { hash: number; value: string }[];
    readonly categorical_features: readonly { feature_index: number; values?: readonly number[] }[];
    readonly float_features: readonly { borders: readonly number[] }[];
    readonly ctrs: readonly Ctr[];
  };
  readonly oblivious_trees: readonly {
    splits: readonly { split_index: number }[];
    leaf_values: readonly number[];
  }[];
  readonly scale_and_bias: readonly [number, readonly number[]];
}

interface Golden {
  readonly lightgbm: readonly LightgbmSplit[];
  readonly xgboost: readonly XgboostSplit[];
  readonly catboost: {
    readonly names: readonly string[];
    readonly name: readonly number[];
    readonly day: readonly number[];
    readonly state: readonly number[];
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly predicted: readonly number[];
    readonly unseen: readonly (readonly [string, string, string, number])[];
    readonly unseenPredicted: readonly number[];
    readonly model: CatboostModel;
  };
  readonly catboostErrors: Readonly<
    Record<string, { plain: number; simple: number; ordered: number; targetSum: number }>
  >;
}

export const golden = JSON.parse(
  readFileSync(new URL('../golden/categories.json', import.meta.url), 'utf8'),
) as Golden;

const states = ['off', 'on'];
const days = ['0', '1', '2', '3', '4', '5'];
const numberColumn = 3;

/** The three categorical columns, the number, and the model's derived columns and tables (no trees). */
export function catboostEnsemble(): {
  ensemble: TreeEnsemble;
  columns: Float64Array[];
  unseen: Float64Array[];
} {
  const { names, name, day, state, x, unseen, model } = golden.catboost;
  const texts = [names, days, states];
  const tables: StatisticTable[] = [];
  const numbers = new Map<string, number>();
  for (const [identifier, { hash_map, hash_stride, counter_denominator }] of Object.entries(model.ctr_data)) {
    const hashes: bigint[] = [];
    const counts: number[] = [];
    for (let i = 0; i < hash_map.length; i += hash_stride) {
      const hash = BigInt(hash_map[i]);
      // a free place of the original's hash table
      if (hash === 0xffffffffffffffffn) continue;
      hashes.push(hash);
      counts.push(...hash_map.slice(i + 1, i + hash_stride).map(Number));
    }
    const table = {
      hashes: BigUint64Array.from(hashes),
      counts: Float64Array.from(counts),
      classes: hash_stride - 1,
      total: counter_denominator,
    };
    numbers.set(identifier, tables.push(table) - 1);
  }
  const derived = model.features_info.ctrs.map((ctr): DerivedColumn => {
    const of = (kind: Element['combination_element']) =>
      ctr.elements.filter((e) => e.combination_element === kind);
    return {
      statistic: ctr.ctr_type,
      columns: of('cat_feature_value').map((e) => e.cat_feature_index),
      binary: of('float_feature').map((e) => ({ column: numberColumn, border: e.border })),
      equal: of('cat_feature_exact_value').map((e) => ({
        column: e.cat_feature_index,
        code: stateOf(e.value),
      })),
      targetBorder: ctr.target_border_idx,
      prior: { numerator: ctr.prior_numerator, denominator: ctr.prior_denomerator },
      shift: ctr.shift,
      scale: ctr.scale,
      table: numbers.get(ctr.identifier) ?? -1,
    };
  });
  const features: FeatureInfo[] = [
    ...texts.map((categories, c) => ({ name: `c${c}`, kind: 'category' as const, categories })),
    { name: 'x', kind: 'number', categories: null },
  ];
  const ensemble = { features, derived, tables, missingAs: null } as unknown as TreeEnsemble;
  const columns = [name, day, state, x].map((values) => Float64Array.from(values));
  const code = (list: readonly string[], text: string): number => {
    const found = list.indexOf(text);
    return found < 0 ? list.length : found;
  };
  const others = texts.map((list, c) => Float64Array.from(unseen, (row) => code(list, row[c] as string)));
  return { ensemble, columns, unseen: [...others, Float64Array.from(unseen, (row) => row[3])] };
}

const stateOf = (hash: number): number => {
  const { cat_features_hash } = golden.catboost.model.features_info;
  return states.indexOf(cat_features_hash.find((one) => one.hash === hash >>> 0)?.value ?? '');
};

/** Scores of CatBoost's trees, given the values of the derived columns. */
export function predictGolden(derived: readonly Float64Array[], columns: readonly Float64Array[]): number[] {
  const { features_info, oblivious_trees, scale_and_bias } = golden.catboost.model;
  const asks: ((i: number) => boolean)[] = [];
  for (const { borders } of features_info.float_features)
    for (const border of borders) asks.push((i) => Math.fround(columns[numberColumn][i]) > border);
  for (const { feature_index, values } of features_info.categorical_features)
    for (const value of values ?? []) asks.push((i) => columns[feature_index][i] === stateOf(value));
  features_info.ctrs.forEach(({ borders }, d) => {
    for (const border of borders) asks.push((i) => derived[d][i] > border);
  });
  return Array.from(columns[0], (_, i) => {
    let sum = 0;
    for (const { splits, leaf_values } of oblivious_trees) {
      let leaf = 0;
      splits.forEach(({ split_index }, level) => {
        if (asks[split_index](i)) leaf |= 1 << level;
      });
      sum += leaf_values[leaf];
    }
    return sum * scale_and_bias[0] + scale_and_bias[1][0];
  });
}
