/**
 * @file Reads XGBoost's own model schema (doc/model.schema of XGBoost 1.7 to 3.x), the same in JSON and UBJSON.
 *
 * XGBoost's sets hold the categories that go right; here a set's members go left, so the two sides of such a split are
 * exchanged. `base_score` is stored on the scale of predictions and is taken back through the objective's link.
 */
import { nodeFlag } from '../ensemble.ts';
import type { FeatureInfo, TreeEnsemble } from '../ensemble.ts';
import { Field, maxFeatures, maxOutputs } from './model-file.ts';
import { TreeBuilder, bitsOf, nodeOrder } from './tree-builder.ts';
import type { SourceTree } from './tree-builder.ts';
import { findObjective } from './xgboost-objectives.ts';
import { readCategoryNames } from './xgboost-categories.ts';

/** @throws AppError `model-file`, `model-unsupported` */
export function readXgboostDocument(document: unknown, file: string): TreeEnsemble {
  const root = new Field(file, document);
  const learner = root.get('learner');
  const param = learner.get('learner_model_param');
  const objectiveField = learner.get('objective');
  const nameField = objectiveField.get('name');
  const objective = findObjective(nameField.text());
  if (objective === null)
    return nameField.unsupported(
      `objective ${JSON.stringify(nameField.text().slice(0, 60))} does not predict by a link known here`,
      'Train with a regression, count, logistic or softmax objective.',
    );

  const booster = learner.get('gradient_booster');
  const kind = booster.get('name').text();
  if (kind === 'gblinear')
    booster.get('name').unsupported('booster gblinear has no trees', 'Train with booster gbtree or dart.');
  const dart = kind === 'dart';
  const gbtree = dart ? booster.get('gbtree') : booster;
  if (kind !== 'gbtree' && !dart)
    booster.get('name').fail(`unknown booster ${JSON.stringify(kind.slice(0, 40))}`);
  const model = gbtree.get('model');
  const treeFields = model.get('trees').list();
  const dropped = dart ? booster.get('weight_drop').finiteNumbers(treeFields.length).map(Math.fround) : null;

  const columns = param.get('num_feature').whole(0, maxFeatures);
  const classes = param.find('num_class')?.whole(0, maxOutputs) ?? 0;
  const targets = param.find('num_target')?.whole(0, maxOutputs) ?? 1;
  const outputs = Math.max(1, classes, targets);
  const parallel = Math.max(1, model.get('gbtree_model_param').find('num_parallel_tree')?.whole(0, 1e6) ?? 1);

  const width = treeFields.length === 0 ? 1 : leafWidth(treeFields[0], outputs);
  const builder = new TreeBuilder(width);
  const categorical = new Uint8Array(columns);
  treeFields.forEach((field, t) => {
    if (leafWidth(field, outputs) !== width)
      field.fail('its leaves hold another number of values than those before');
    readTree(field, builder, { columns, width, weight: dropped?.[t] ?? 1, categorical });
  });
  const info = model.get('tree_info');
  const treeOutput =
    width > 1 ? new Int32Array(treeFields.length) : Int32Array.from(info.numbers(treeFields.length));
  if (width > 1) info.numbers(treeFields.length);
  treeOutput.forEach((output, t) =>
    info.whole(0, outputs - 1, output === info.numbers()[t] || width > 1 ? output : -1),
  );
  const perRound = width > 1 ? parallel : parallel * outputs;

  const levels = quantileLevels(objectiveField, outputs);
  return {
    dialect: 'xgboost',
    features: readFeatures(learner, model, columns, categorical),
    derived: [],
    tables: [],
    outputs,
    leafWidth: width,
    treeOutput,
    base: readBase(param.get('base_score'), outputs, objective.toMargin),
    scale: 1,
    treesPerRound: treeFields.length % perRound === 0 ? perRound : 1,
    trees: builder.build(),
    compare: 'lt',
    single: true,
    missingAs: null,
    link: objective.link,
    objective: nameField.text(),
    levels,
  };
}

function leafWidth(tree: Field, outputs: number): number {
  const width = tree.get('tree_param').find('size_leaf_vector')?.whole(0, maxOutputs) ?? 1;
  if (width <= 1) return 1;
  return width === outputs
    ? width
    : tree.get('tree_param').fail(`leaves of ${width} values, but the model has ${outputs} outputs`);
}

interface TreeContext {
  readonly columns: number;
  readonly width: number;
  /** dart: what is left of a tree that was dropped while others grew */
  readonly weight: number;
  /** columns that are split by sets of categories are marked here */
  readonly categorical: Uint8Array;
}

function readTree(field: Field, builder: TreeBuilder, context: TreeContext): void {
  const leftField = field.get('left_children');
  const left = leftField.numbers();
  const nodes = left.length;
  const right = field.get('right_children').numbers(nodes);
  const feature = field.get('split_indices').numbers(nodes);
  // JSON holds the shortest text of a number of 32 bits, not the number
  const condition = field.get('split_conditions').numbers(nodes).map(Math.fround);
  const defaultLeft = field.get('default_left').numbers(nodes);
  const gain = field.find('loss_changes')?.numbers(nodes) ?? null;
  const cover = field.find('sum_hessian')?.numbers(nodes) ?? null;
  const weights =
    field.find('base_weights')?.numbers(context.width > 1 ? nodes * context.width : nodes) ?? null;
  const splitType = field.find('split_type')?.numbers(nodes) ?? new Float64Array(nodes);
  const fail = (what: string): never => field.fail(what);
  const sets = readSets(field, nodes);

  const isLeaf = (node: number): boolean => left[node] === -1;
  const isSet = (node: number): boolean => splitType[node] === 1;
  const tree: SourceTree = {
    nodes,
    left: (node) => (isLeaf(node) ? -1 : isSet(node) ? right[node] : left[node]),
    // where leaves hold vectors, the right child of a leaf is the number of its vector
    right: (node) => (isLeaf(node) ? -1 : isSet(node) ? left[node] : right[node]),
  };
  const vectors = context.width > 1 ? (field.find('leaf_weights')?.finiteNumbers() ?? null) : null;
  const finite = (x: number | undefined): number => (x !== undefined && Number.isFinite(x) ? x : 0);

  builder.add(
    tree,
    nodeOrder(tree, fail),
    (node) => {
      const common = {
        gain: Math.fround(finite(gain?.[node])),
        cover: Math.fround(finite(cover?.[node])),
        count: 0,
      };
      if (isLeaf(node)) return { feature: -1, threshold: 0, flags: 0, ...common };
      const f = feature[node];
      if (!Number.isInteger(f) || f < 0 || f >= context.columns)
        fail(`node ${node} splits column ${f}, but there are ${context.columns}`);
      const toLeft = defaultLeft[node] !== 0;
      if (!isSet(node)) {
        if (!Number.isFinite(condition[node])) fail(`node ${node} splits at ${condition[node]}`);
        return {
          feature: f,
          threshold: condition[node],
          flags: toLeft ? nodeFlag.defaultLeft : 0,
          ...common,
        };
      }
      context.categorical[f] = 1;
      const codes = sets.get(node) ?? fail(`node ${node} splits categories, but lists none`);
      const flags = nodeFlag.category | (toLeft ? 0 : nodeFlag.defaultLeft);
      return { feature: f, threshold: builder.set(bitsOf(codes, fail), fail), flags, ...common };
    },
    (node, out) => {
      for (let k = 0; k < out.length; k++) {
        const value =
          context.width === 1
            ? isLeaf(node)
              ? condition[node]
              : finite(weights?.[node])
            : isLeaf(node) && vectors !== null
              ? vectors[right[node] * context.width + k]
              : finite(weights?.[node * context.width + k]);
        if (!Number.isFinite(value)) fail(`leaf ${node} adds ${value}`);
        out[k] = Math.fround(value) * context.weight;
      }
    },
  );
}

/** Categories by node: those that go right. */
function readSets(field: Field, nodes: number): Map<number, Float64Array> {
  const sets = new Map<number, Float64Array>();
  const nodeField = field.find('categories_nodes');
  if (nodeField === null) return sets;
  const owners = nodeField.numbers();
  const begins = field.get('categories_segments').numbers(owners.length);
  const sizes = field.get('categories_sizes').numbers(owners.length);
  const codes = field.get('categories').numbers();
  owners.forEach((node, i) => {
    const end = begins[i] + sizes[i];
    const whole = Number.isInteger(begins[i]) && Number.isInteger(sizes[i]) && Number.isInteger(node);
    if (!whole || node < 0 || node >= nodes || begins[i] < 0 || sizes[i] < 0 || end > codes.length)
      nodeField.fail(`the categories of node ${node} lie outside of the ${codes.length} that are listed`);
    sets.set(node, codes.subarray(begins[i], end));
  });
  return sets;
}

/** One number as text (before 3.1) or a list of numbers as text (since), on the scale of predictions. */
function readBase(field: Field, outputs: number, toMargin: (score: number) => number): Float64Array {
  const { value } = field;
  const text = typeof value === 'string' ? value.trim() : String(field.number());
  const listed = text.startsWith('[') ? text.replace(/^\[|\]$/g, '').split(',') : [text];
  const scores = listed.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (scores.length !== 1 && scores.length !== outputs)
    field.fail(`expected 1 or ${outputs} numbers, found ${scores.length}`);
  return Float64Array.from({ length: outputs }, (_, k) => {
    const margin = toMargin(Math.fround(scores[scores.length === 1 ? 0 : k]));
    return Number.isFinite(margin)
      ? margin
      : field.fail(`${JSON.stringify(text.slice(0, 40))} is not a score of this objective`);
  });
}

function quantileLevels(objective: Field, outputs: number): number[] | null {
  const field = objective.find('quantile_loss_param')?.find('quantile_alpha');
  if (field === null || field === undefined) return null;
  const { value } = field;
  const levels =
    typeof value === 'string'
      ? value
          .replace(/^\s*[[(]|[\])]\s*$/g, '')
          .split(',')
          .map(Number)
      : [...field.numbers()];
  // levels are 32-bit numbers in the file; people mean the short decimal
  const short = levels.map((level) => Number(level.toPrecision(7)));
  if (short.length !== outputs || short.some((level) => !(level > 0 && level < 1)))
    field.fail(`expected ${outputs} levels between 0 and 1`);
  return short;
}

function readFeatures(learner: Field, model: Field, columns: number, categorical: Uint8Array): FeatureInfo[] {
  const namesField = learner.find('feature_names');
  const names = namesField?.list().map((name) => name.text()) ?? [];
  const types =
    learner
      .find('feature_types')
      ?.list()
      .map((type) => type.text()) ?? [];
  if (names.length > 0 && names.length !== columns)
    namesField!.fail(`expected ${columns} names, found ${names.length}`);
  const texts = readCategoryNames(model, columns);
  return Array.from({ length: columns }, (_, f): FeatureInfo => {
    const kind = types[f] === 'c' || categorical[f] === 1 ? 'category' : 'number';
    return { name: names[f] ?? `f${f}`, kind, categories: kind === 'category' ? texts[f] : null };
  });
}
