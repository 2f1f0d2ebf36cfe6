/** @file Writes XGBoost's model schema (3.x; 1.7 and later read it), as JSON or UBJSON. */
import { nodeFlag, treeCount } from '../ensemble.ts';
import type { NodeTrees, TreeEnsemble } from '../ensemble.ts';
import { floatText, lessThanFloat, maxFloat } from './floats.ts';
import { notExportable } from './model-file.ts';
import { foldBase, nodeForm, uniqueNames } from './node-form.ts';
import type { NodeForm } from './node-form.ts';
import { codesOf, missingGoesLeft, zeroGoesLeft } from './tree-builder.ts';
import { writeUbjson } from './ubjson.ts';
import { categoryNames } from './xgboost-categories.ts';
import { findObjective, objectiveFor } from './xgboost-objectives.ts';

/** Which release's schema is written. */
const schemaVersion = [3, 2, 0];
/** XGBoost's mark of a root's parent. */
const noParent = 2147483647;

/** @throws AppError `model-not-exportable` */
export function writeXgboostJson(ensemble: TreeEnsemble): Uint8Array {
  return new TextEncoder().encode(jsonText(xgboostDocument(ensemble)));
}

/** @throws AppError `model-not-exportable` */
export function writeXgboostUbjson(ensemble: TreeEnsemble): Uint8Array {
  return writeUbjson(xgboostDocument(ensemble));
}

function xgboostDocument(given: TreeEnsemble): unknown {
  const format = 'xgboost';
  uniqueNames(given, format);
  const own = given.dialect === 'xgboost' && findObjective(given.objective) !== null;
  const name = own ? given.objective : objectiveFor(given.link, given.levels);
  const { ensemble, scores } = withBase(
    nodeForm(given, format),
    findObjective(name)!.toScore,
    findObjective(name)!.toMargin,
  );
  const { features, outputs, treeOutput } = ensemble;
  const count = treeCount(ensemble);
  const softmax = ensemble.link === 'softmax';
  const perRound = Math.max(1, ensemble.treesPerRound);
  const rounds = Math.ceil(count / perRound);
  return {
    learner: {
      attributes: {},
      feature_names: features.map(({ name: text }) => text),
      feature_types: features.map(({ kind }) => (kind === 'category' ? 'c' : 'float')),
      gradient_booster: {
        model: {
          cats: categoryNames(features),
          gbtree_model_param: {
            num_parallel_tree: String(Math.max(1, Math.floor(perRound / outputs))),
            num_trees: String(count),
          },
          iteration_indptr: Array.from({ length: rounds + 1 }, (_, i) => Math.min(count, i * perRound)),
          tree_info: [...treeOutput],
          trees: Array.from({ length: count }, (_, t) => treeDocument(ensemble, t)),
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: scientific(scores[0] ?? 0.5),
        boost_from_average: '1',
        num_class: String(softmax ? outputs : 0),
        num_feature: String(features.length),
        num_target: String(softmax ? 1 : outputs),
      },
      objective: { name, ...objectiveParams(name, ensemble) },
    },
    version: schemaVersion,
  };
}

function objectiveParams(name: string, { outputs, levels }: TreeEnsemble): Record<string, unknown> {
  if (name.startsWith('multi:')) return { softmax_multiclass_param: { num_class: String(outputs) } };
  if (name === 'reg:quantileerror')
    return { quantile_loss_param: { quantile_alpha: `[${(levels ?? [0.5]).map(scientific).join(',')}]` } };
  if (name === 'count:poisson') return { poisson_regression_param: { max_delta_step: '0.699999988' } };
  if (name === 'reg:tweedie') return { tweedie_regression_param: { tweedie_variance_power: '1.5' } };
  if (name === 'reg:pseudohubererror') return { pseudo_huber_param: { huber_slope: '1' } };
  if (name === 'survival:aft')
    return { aft_loss_param: { aft_loss_distribution: 'normal', aft_loss_distribution_scale: '1' } };
  if (name === 'reg:absoluteerror' || name === 'survival:cox') return {};
  if (name.startsWith('rank:')) return { lambdarank_param: {} };
  return { reg_loss_param: { scale_pos_weight: '1' } };
}

/**
 * The base, which is the same for all outputs, on the scale of predictions where 32 bits hold it well enough (a probability near 1 is too coarse), else inside
 * of the first trees.
 */
function withBase(
  form: NodeForm,
  toScore: (margin: number) => number,
  toMargin: (score: number) => number,
): { ensemble: NodeForm; scores: number[] } {
  const scores = Array.from(form.base, (margin) => Math.fround(toScore(margin)));
  const holds = scores.every((score, k) => {
    const back = toMargin(score);
    return Math.abs(back - form.base[k]) <= 1e-7 * Math.max(1, Math.abs(form.base[k]));
  });
  // before 3.1 one score for all outputs was all that could be read
  if (holds && scores.every((score) => score === scores[0])) return { ensemble: form, scores };
  return { ensemble: foldBase(form), scores: scores.map(() => toScore(0)) };
}

function treeDocument(ensemble: NodeForm, t: number): unknown {
  const { trees, compare } = ensemble;
  const from = trees.start[t];
  const nodes = trees.start[t + 1] - from;
  const parents = new Int32Array(nodes).fill(noParent);
  const left = new Int32Array(nodes).fill(-1);
  const right = new Int32Array(nodes).fill(-1);
  const indices = new Int32Array(nodes);
  const conditions = new Float32Array(nodes);
  const defaultLeft = new Uint8Array(nodes);
  const splitType = new Uint8Array(nodes);
  const categories: number[] = [];
  const owners: number[] = [];
  const segments: bigint[] = [];
  const sizes: bigint[] = [];
  // XGBoost's predictor takes the right child to be the one after the left: numbers go level by level
  const order = new Int32Array(nodes);
  let next = 1;
  for (let node = 0; node < nodes; node++) {
    const at = from + order[node];
    if (trees.feature[at] < 0) {
      conditions[node] = trees.value[at];
      continue;
    }
    const isSet = (trees.flags[at] & nodeFlag.category) !== 0;
    // XGBoost's sets go right
    order[next] = isSet ? trees.right[at] : trees.left[at];
    order[next + 1] = isSet ? trees.left[at] : trees.right[at];
    left[node] = next++;
    right[node] = next++;
    parents[left[node]] = node;
    parents[right[node]] = node;
    indices[node] = trees.feature[at];
    const missingLeft = missingGoesLeft(trees, at, compare);
    defaultLeft[node] = missingLeft !== isSet ? 1 : 0;
    if (isSet) {
      const codes = codesOf(trees, trees.threshold[at]);
      splitType[node] = 1;
      owners.push(node);
      segments.push(BigInt(categories.length));
      sizes.push(BigInt(codes.length));
      for (const code of codes) categories.push(code);
    } else {
      refuseZeroAsMissing(trees, at, compare, 'xgboost');
      conditions[node] = Math.max(-maxFloat, Math.min(maxFloat, lessThanFloat(trees.threshold[at], compare)));
    }
  }
  return {
    base_weights: Float32Array.from(order, (node) => trees.value[from + node]),
    categories: Int32Array.from(categories),
    categories_nodes: Int32Array.from(owners),
    categories_segments: BigInt64Array.from(segments),
    categories_sizes: BigInt64Array.from(sizes),
    default_left: defaultLeft,
    id: t,
    left_children: left,
    loss_changes: Float32Array.from(order, (node) => trees.gain[from + node]),
    parents,
    right_children: right,
    split_conditions: conditions,
    split_indices: indices,
    split_type: splitType,
    sum_hessian: Float32Array.from(order, (node) => trees.cover[from + node]),
    tree_param: {
      num_deleted: '0',
      num_feature: String(ensemble.features.length),
      num_nodes: String(nodes),
      size_leaf_vector: '1',
    },
  };
}

/** LightGBM's zero_as_missing has no equal elsewhere, but where zero would go the way of missing values anyway. */
export function refuseZeroAsMissing(
  trees: NodeTrees,
  node: number,
  compare: 'lt' | 'le',
  format: string,
): void {
  if ((trees.flags[node] & nodeFlag.missingZero) === 0) return;
  const missingLeft = (trees.flags[node] & nodeFlag.defaultLeft) !== 0;
  if (zeroGoesLeft(trees, node, compare) !== missingLeft)
    throw notExportable(
      format,
      'it was trained with zero_as_missing, and a split sends 0 another way than its value says',
      'Export it as lightgbm-text, or train without zero_as_missing.',
    );
}

/** How XGBoost writes a number; it takes one without a point or exponent for an integer, and refuses that. */
function scientific(x: number): string {
  return Number(floatText(x)).toExponential().toUpperCase().replace('E+', 'E');
}

/** JSON of a document with typed lists; numbers of 32 bits get the digits they need. */
export function jsonText(value: unknown): string {
  if (value instanceof Float32Array) return `[${Array.from(value, scientific).join(',')}]`;
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Int32Array, String).join(',')}]`;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`)
      .join(',')}}`;
  return JSON.stringify(value) ?? 'null';
}
