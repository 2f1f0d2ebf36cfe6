/**
 * @file Reads CatBoost's JSON models (`save_model(…, format='json', pool=…)`): symmetric trees and nested ones, questions
 * about numbers, single categories and target statistics with their tables.
 */
import type { DerivedColumn, FeatureInfo, StatisticTable, TreeEnsemble } from '../ensemble.ts';
import { readCatboostStatistics } from './catboost-statistics.ts';
import { readCatboostTrees } from './catboost-trees.ts';
import { isQuantile, linkOf } from './catboost-losses.ts';
import { Field, maxFeatures } from './model-file.ts';

/** How questions of the file name columns. */
export interface CatboostColumns {
  readonly features: readonly FeatureInfo[];
  /** column of float feature i and of categorical feature i */
  readonly floats: readonly number[];
  readonly categories: readonly number[];
  /** columns that read a missing number as larger than all */
  readonly missingAs: readonly ('min' | 'max')[];
  /** code by the 32-bit hash of a category's text */
  readonly codes: ReadonlyMap<number, number>;
  readonly derived: readonly DerivedColumn[];
  readonly tables: readonly StatisticTable[];
  /** by split_index, for target statistics: the derived column (counted after the features) and its border */
  readonly statisticSplits: ReadonlyMap<number, { readonly column: number; readonly border: number }>;
}

/** @throws AppError `model-file`, `model-unsupported` */
export function readCatboostDocument(document: unknown, file: string): TreeEnsemble {
  const root = new Field(file, document);
  const { loss, params } = readLoss(root);
  const link = linkOf(loss);
  if (link === null)
    return root.unsupported(
      `loss function ${loss} does not predict by a link known here`,
      'Train with another loss function.',
    );
  const columns = readColumns(root);
  const scaleAndBias = root.find('scale_and_bias')?.list() ?? null;
  const scale = scaleAndBias?.[0]?.finite() ?? 1;
  const biasField = scaleAndBias?.[1] ?? null;
  const bias =
    biasField === null
      ? Float64Array.of(0)
      : typeof biasField.value === 'number'
        ? Float64Array.of(biasField.finite())
        : biasField.finiteNumbers();
  const { trees, width } = readCatboostTrees(root, columns, bias.length);
  if (bias.length !== width && bias.length !== 1)
    root.get('scale_and_bias').fail(`expected ${width} numbers of bias, found ${bias.length}`);
  const alpha = params.get('alpha');
  const levels = isQuantile(loss) ? (alpha ?? '0.5').split(',').map(Number) : null;
  if (levels !== null && (levels.length !== width || levels.some((level) => !(level > 0 && level < 1))))
    root.fail(`${loss} has levels ${levels.join(', ')}, but the model has ${width} outputs`);
  const count = trees.start.length - 1;
  return {
    dialect: 'catboost',
    features: columns.features,
    derived: columns.derived,
    tables: columns.tables,
    outputs: width,
    leafWidth: width,
    treeOutput: new Int32Array(count),
    base: bias.length === width ? bias : new Float64Array(width).fill(bias[0]),
    scale,
    treesPerRound: 1,
    trees,
    compare: 'le',
    single: true,
    missingAs: columns.missingAs,
    link,
    objective:
      levels === null && params.size > 0
        ? `${loss}:${[...params].map((pair) => pair.join('=')).join(';')}`
        : loss,
    levels,
  };
}

/** `model_info.params.loss_function`: an object, or (in older files) inside of a text; RMSE where it is not said. */
function readLoss(root: Field): { loss: string; params: Map<string, string> } {
  let params: unknown = root.find('model_info')?.find('params')?.value;
  if (typeof params === 'string') {
    try {
      params = JSON.parse(params);
    } catch {
      params = undefined;
    }
  }
  const lossField = new Field('', params ?? {}).find('loss_function');
  const type = lossField?.find('type')?.text() ?? 'RMSE';
  const found = new Map<string, string>();
  const values = lossField?.find('params') ?? null;
  for (const key of values?.keys() ?? []) {
    const value = values!.get(key).value;
    if (typeof value === 'string' || typeof value === 'number') found.set(key, String(value));
  }
  return { loss: type, params: found };
}

function readColumns(root: Field): CatboostColumns {
  const info = root.get('features_info');
  for (const key of ['text_features', 'embedding_features'])
    if ((info.find(key)?.list().length ?? 0) > 0)
      info
        .get(key)
        .unsupported('columns of texts or embeddings are not read', 'Train on numbers and categories alone.');
  const floatFields = info.find('float_features')?.list() ?? [];
  const categoryFields = info.find('categorical_features')?.list() ?? [];
  const place = (field: Field): number => field.get('flat_feature_index').whole(0, maxFeatures - 1);
  const floats = floatFields.map(place);
  const categories = categoryFields.map(place);
  const width = Math.max(-1, ...floats, ...categories) + 1;

  const hashes = info.find('cat_features_hash')?.list() ?? [];
  if (categories.length > 0 && hashes.length === 0)
    info.unsupported(
      'the file does not say which categories its columns have',
      "Save it with the training data: model.save_model(FILE, format='json', pool=train_pool).",
    );
  const texts: string[] = [];
  const codes = new Map<number, number>();
  for (const entry of hashes) {
    const hash = entry.get('hash').number() >>> 0;
    if (codes.has(hash)) continue;
    codes.set(hash, texts.length);
    texts.push(entry.get('value').text());
  }

  const features = Array.from({ length: width }, (_, f): FeatureInfo => {
    return { name: `feature_${f}`, kind: 'number', categories: null };
  });
  const missingAs: ('min' | 'max')[] = features.map(() => 'min');
  const taken = new Set<number>();
  const claim = (field: Field, f: number): string => {
    if (taken.has(f)) field.fail(`column ${f} is listed twice`);
    taken.add(f);
    const name = field.find('feature_name') ?? field.find('feature_id');
    const given = name?.text() ?? '';
    return given === '' ? `feature_${f}` : given;
  };
  floatFields.forEach((field, i) => {
    const f = floats[i];
    features[f] = { name: claim(field, f), kind: 'number', categories: null };
    const treatment = field.find('nan_value_treatment')?.text() ?? 'AsIs';
    if (!['AsIs', 'AsFalse', 'AsTrue'].includes(treatment))
      field.fail(`unknown nan_value_treatment "${treatment.slice(0, 40)}"`);
    if (treatment === 'AsTrue') missingAs[f] = 'max';
  });
  categoryFields.forEach((field, i) => {
    features[categories[i]] = { name: claim(field, categories[i]), kind: 'category', categories: texts };
  });
  const plain = { features, floats, categories, missingAs, codes };
  return { ...plain, ...readCatboostStatistics(root, plain) };
}
