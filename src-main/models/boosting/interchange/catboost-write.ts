/**
 * @file Writes CatBoost's JSON. Symmetric trees go as they are, with their target statistics. Trees of nodes are nested;
 * CatBoost decides by column, not by split, where missing values go, and compares with single categories, so trees that
 * do otherwise are refused.
 */
import { categoryHash } from '../categories/combination-hash.ts';
import { nodeFlag, treeCount } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { linkOf, lossFor } from './catboost-losses.ts';
import { hashOf, nodeQuestion, numberQuestions, questionsOf } from './catboost-questions.ts';
import type { Numbering, Question } from './catboost-questions.ts';
import { statisticDocument, tableDocuments } from './catboost-write-statistics.ts';
import { floorFloat, previousFloat, ceilFloat } from './floats.ts';
import { notExportable } from './model-file.ts';
import { nodeForm, uniqueNames } from './node-form.ts';
import { codesOf, missingGoesLeft } from './tree-builder.ts';
import { refuseZeroAsMissing } from './xgboost-write.ts';

const format = 'catboost-json';

/** @throws AppError `model-not-exportable` */
export function writeCatboost(ensemble: TreeEnsemble): Uint8Array {
  uniqueNames(ensemble, format);
  const { trees } = ensemble;
  const form = trees.shape === 'nodes' && ensemble.derived.length === 0 ? nodesByColumn(ensemble) : null;
  if (trees.shape === 'nodes' && form === null && ensemble.dialect !== 'catboost')
    throw notExportable(
      format,
      'it mixes target statistics with trees of another library',
      'Train it with model type catboost.',
    );
  const source = form ?? ensemble;
  const questions = questionsOf(source);
  const numbering = numberQuestions(source, questions);
  const write = (question: Question): unknown => splitDocument(source, numbering, question);
  const own = lossOfText(source.objective);
  const loss =
    source.dialect === 'catboost' && linkOf(own.type) === source.link && source.levels === null
      ? own
      : lossFor(source.link, source.outputs, source.levels);
  const classes =
    source.link === 'softmax' ? source.outputs : source.link === 'logistic' && source.outputs === 1 ? 2 : 0;
  const labels = Array.from({ length: classes }, (_, k) => k);
  const document = {
    ...(source.derived.length === 0 ? {} : { ctr_data: tableDocuments(source) }),
    features_info: featuresDocument(source, numbering),
    model_info: {
      ...(classes === 0
        ? {}
        : {
            class_params: {
              class_label_type: 'Integer',
              class_names: labels,
              class_to_label: labels,
              classes_count: 0,
            },
          }),
      // CatBoost's Python classes take the loss from flat_params: without it they predict raw scores
      params: { flat_params: { loss_function: lossText(loss) }, loss_function: loss },
    },
    ...(source.trees.shape === 'symmetric'
      ? { oblivious_trees: symmetricDocuments(source, source.trees, write) }
      : { trees: nestedDocuments(source, source.trees, write) }),
    scale_and_bias: [source.scale, [...source.base]],
  };
  return new TextEncoder().encode(JSON.stringify(document));
}

/** `Huber:delta=2;beta=1` by its parts. */
function lossOfText(text: string): { type: string; params: Record<string, string> } {
  const [type, options = ''] = text.split(':', 2);
  const pairs = options.split(';').flatMap((option): [string, string][] => {
    const [key, value] = option.split('=', 2);
    return value === undefined ? [] : [[key, value]];
  });
  return { type, params: Object.fromEntries(pairs) };
}

const lossText = ({ type, params }: { type: string; params: Readonly<Record<string, string>> }): string =>
  [
    type,
    ...(Object.keys(params).length === 0
      ? []
      : [
          Object.entries(params)
            .map((pair) => pair.join('='))
            .join(';'),
        ]),
  ].join(':');

/**
 * Trees of nodes with CatBoost's comparisons, or an error.
 * A column that has been asked for missing values both ways cannot be written.
 */
function nodesByColumn(given: TreeEnsemble): TreeEnsemble {
  const form = nodeForm({ ...given, leafWidth: given.leafWidth }, format);
  const { trees, compare, features } = form;
  const side = new Int8Array(features.length);
  const threshold = trees.threshold.map((at, i) => {
    const f = trees.feature[i];
    if (f < 0) return 0;
    if ((trees.flags[i] & nodeFlag.category) !== 0) {
      if (codesOf(trees, at).length > 1 || missingGoesLeft(trees, i, compare))
        throw notExportable(
          format,
          `column ${features[f].name} is split into sets of several categories`,
          'Export it as xgboost-json or lightgbm-text, or train with model type catboost.',
        );
      return at;
    }
    refuseZeroAsMissing(trees, i, compare, format);
    const way = missingGoesLeft(trees, i, compare) ? 1 : 2;
    if (side[f] !== 0 && side[f] !== way)
      throw notExportable(
        format,
        `missing values of column ${features[f].name} go left in some splits and right in others`,
        'Export it as xgboost-json or lightgbm-text, or train with model type catboost.',
      );
    side[f] = way;
    return compare === 'le' ? floorFloat(at) : previousFloat(ceilFloat(at));
  });
  return {
    ...form,
    trees: { ...trees, threshold },
    compare: 'le',
    single: true,
    missingAs: Array.from(side, (way) => (way === 2 ? 'max' : 'min')),
  };
}

function splitDocument(ensemble: TreeEnsemble, numbering: Numbering, question: Question): unknown {
  const { column, border, equal } = question;
  const value = equal ? hashOf(ensemble, column, border) : border;
  const split_index = numbering.first[column] + numbering.asked[column].indexOf(value);
  if (equal)
    return { cat_feature_index: numbering.place[column], split_index, split_type: 'OneHotFeature', value };
  if (column < ensemble.features.length)
    return { border, float_feature_index: numbering.place[column], split_index, split_type: 'FloatFeature' };
  const { targetBorder } = ensemble.derived[column - ensemble.features.length];
  return { border, ctr_target_border_idx: targetBorder, split_index, split_type: 'OnlineCtr' };
}

function featuresDocument(ensemble: TreeEnsemble, { asked, place }: Numbering): unknown {
  const { features, missingAs, derived } = ensemble;
  const common = (f: number): Record<string, unknown> => ({
    feature_id: features[f].name,
    feature_index: place[f],
    feature_name: features[f].name,
    flat_feature_index: f,
  });
  const floats = [...features.keys()].filter((f) => features[f].kind === 'number');
  const categories = [...features.keys()].filter((f) => features[f].kind === 'category');
  const texts = new Set(categories.flatMap((f) => features[f].categories ?? knownCodes(ensemble, f)));
  return {
    ...(texts.size === 0
      ? {}
      : { cat_features_hash: [...texts].map((value) => ({ hash: categoryHash(value), value })) }),
    ...(categories.length === 0
      ? {}
      : {
          categorical_features: categories.map((f) => ({
            ...common(f),
            ...(asked[f].length === 0 ? {} : { values: asked[f] }),
          })),
        }),
    ...(derived.length === 0
      ? {}
      : { ctrs: derived.map((_, d) => statisticDocument(ensemble, d, place, asked[features.length + d])) }),
    float_features: floats.map((f) => ({
      borders: asked[f],
      ...common(f),
      has_nans: true,
      nan_value_treatment: missingAs?.[f] === 'max' ? 'AsTrue' : 'AsFalse',
    })),
  };
}

/** Codes that a column without texts is asked for: CatBoost knows whole numbers by their text. */
function knownCodes({ trees }: TreeEnsemble, f: number): string[] {
  const questions = trees.shape === 'symmetric' ? trees.border.filter((_, q) => trees.feature[q] === f) : [];
  return [...new Set(questions)].filter((code) => code >= 0).map(String);
}

function symmetricDocuments(
  ensemble: TreeEnsemble,
  trees: SymmetricTrees,
  write: (question: Question) => unknown,
): unknown[] {
  const { outputs, leafWidth, treeOutput } = ensemble;
  return Array.from({ length: treeCount(ensemble) }, (_, t) => {
    const [from, to] = [trees.leafStart[t], trees.leafStart[t + 1]];
    const values = trees.value.subarray(from * leafWidth, to * leafWidth);
    const splits: unknown[] = [];
    for (let q = trees.start[t]; q < trees.start[t + 1]; q++)
      splits.push(write({ column: trees.feature[q], border: trees.border[q], equal: trees.equal[q] === 1 }));
    return {
      leaf_values:
        leafWidth === outputs
          ? [...values]
          : Array.from(values).flatMap((x) => spread(x, treeOutput[t], outputs)),
      leaf_weights: [...trees.weight.subarray(from, to)],
      splits,
    };
  });
}

const spread = (x: number, output: number, outputs: number): number[] =>
  Array.from({ length: outputs }, (_, k) => (k === output ? x : 0));

function nestedDocuments(
  ensemble: TreeEnsemble,
  trees: NodeTrees,
  write: (question: Question) => unknown,
): unknown[] {
  const { outputs, leafWidth, treeOutput } = ensemble;
  return Array.from({ length: treeCount(ensemble) }, (_, t) => {
    const from = trees.start[t];
    const made = new Array<unknown>(trees.start[t + 1] - from);
    // children stand behind their parents
    for (let node = made.length - 1; node >= 0; node--) {
      const at = from + node;
      if (trees.feature[at] < 0) {
        const values = [...trees.value.subarray(at * leafWidth, (at + 1) * leafWidth)];
        const all = leafWidth === outputs ? values : spread(values[0], treeOutput[t], outputs);
        made[node] = { value: outputs === 1 ? all[0] : all, weight: trees.count[at] };
      } else {
        const question = nodeQuestion(trees, at);
        const [left, right] = [made[trees.left[at]], made[trees.right[at]]];
        // yes is right in CatBoost; members of a set go left here
        made[node] = {
          left: question.equal ? right : left,
          right: question.equal ? left : right,
          split: write(question),
        };
      }
    }
    return made[0];
  });
}
