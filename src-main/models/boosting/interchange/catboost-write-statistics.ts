/** @file Target statistics of categories as CatBoost's JSON holds them: what they are made of, and their tables. */
import type { TreeEnsemble } from '../ensemble.ts';
import { hashOf, numberQuestions } from './catboost-questions.ts';
import { notExportable } from './model-file.ts';

function elements(ensemble: TreeEnsemble, d: number, place: readonly number[]): Record<string, unknown>[] {
  const { columns, binary, equal } = ensemble.derived[d];
  return [
    ...columns.map((f) => ({ cat_feature_index: place[f], combination_element: 'cat_feature_value' })),
    ...binary.map(({ column, border }) => ({
      border,
      combination_element: 'float_feature',
      float_feature_index: place[column],
    })),
    ...equal.map(({ column, code }) => ({
      cat_feature_index: place[column],
      combination_element: 'cat_feature_exact_value',
      value: hashOf(ensemble, column, code),
    })),
  ];
}

const identifier = (ensemble: TreeEnsemble, d: number, place: readonly number[]): string =>
  JSON.stringify({ identifier: elements(ensemble, d, place), type: ensemble.derived[d].statistic });

/**
 * @param place number of a column among the float, or among the categorical ones
 * @param borders that the statistic is compared with, ascending
 */
export function statisticDocument(
  ensemble: TreeEnsemble,
  d: number,
  place: readonly number[],
  borders: readonly number[],
): unknown {
  const { statistic, prior, scale, shift, targetBorder } = ensemble.derived[d];
  return {
    borders,
    ctr_type: statistic,
    elements: elements(ensemble, d, place),
    identifier: identifier(ensemble, d, place),
    prior_denomerator: prior.denominator,
    prior_numerator: prior.numerator,
    scale,
    shift,
    target_border_idx: targetBorder,
  };
}

/** @throws AppError `model-not-exportable` */
export function tableDocuments(ensemble: TreeEnsemble): Record<string, unknown> {
  const { place } = numberQuestions(ensemble, []);
  const documents: Record<string, unknown> = {};
  const used = new Map<string, number>();
  ensemble.derived.forEach(({ table }, d) => {
    const key = identifier(ensemble, d, place);
    const before = used.get(key);
    if (before !== undefined && before !== table)
      throw notExportable(
        'catboost-json',
        'two tables of statistics have the same name',
        'Train the model again.',
      );
    if (before !== undefined) return;
    used.set(key, table);
    const { hashes, counts, classes, total } = ensemble.tables[table];
    const map: (string | number)[] = [];
    hashes.forEach((hash, i) => {
      map.push(String(hash));
      for (let k = 0; k < classes; k++) map.push(counts[i * classes + k]);
    });
    documents[key] = { counter_denominator: total, hash_map: map, hash_stride: classes + 1 };
  });
  return documents;
}
