/** @file Writes LightGBM's text format, version 4. */
import { nodeFlag, treeCount } from '../ensemble.ts';
import type { FeatureInfo, TreeEnsemble } from '../ensemble.ts';
import { atMostDouble } from './floats.ts';
import { notExportable } from './model-file.ts';
import { foldBase, nodeForm } from './node-form.ts';
import type { NodeForm } from './node-form.ts';
import { codesOf, missingGoesLeft } from './tree-builder.ts';

const format = 'lightgbm-text';

/** @throws AppError `model-not-exportable` */
export function writeLightgbm(given: TreeEnsemble): Uint8Array {
  const ensemble = foldBase(nodeForm(given, format));
  const { outputs, features } = ensemble;
  const trees = Array.from({ length: treeCount(ensemble) }, (_, t) => t);
  // LightGBM takes tree t for output t modulo outputs
  if (trees.some((t) => ensemble.treeOutput[t] !== t % outputs))
    throw notExportable(format, 'its trees do not take turns over its outputs', 'Export it as xgboost-json.');
  const blocks = trees.map((t) => `Tree=${t}\n${treeText(ensemble, t)}\n\n`);
  const encoder = new TextEncoder();
  const objective = objectiveLine(given);
  const header = [
    'tree',
    'version=v4',
    `num_class=${outputs}`,
    `num_tree_per_iteration=${outputs}`,
    'label_index=0',
    `max_feature_idx=${features.length - 1}`,
    ...(objective === null ? [] : [`objective=${objective}`]),
    `feature_names=${plainNames(features).join(' ')}`,
    `feature_infos=${featureInfos(ensemble).join(' ')}`,
    `tree_sizes=${blocks.map((block) => encoder.encode(block).length).join(' ')}`,
  ];
  const categorical = features.flatMap(({ kind }, f) => (kind === 'category' ? [f] : []));
  const parameters = [
    '[boosting: gbdt]',
    ...(objective === null ? [] : [`[objective: ${objective.split(' ')[0]}]`]),
    ...(given.levels?.length === 1 ? [`[alpha: ${given.levels[0]}]`] : []),
    `[categorical_feature: ${categorical.join(',')}]`,
  ];
  return encoder.encode(
    `${header.join('\n')}\n\n${blocks.join('')}end of trees\n\nfeature_importances:\n\nparameters:\n${parameters.join('\n')}\n\nend of parameters\n\npandas_categorical:${pandasCategorical(features)}\n`,
  );
}

/** null: LightGBM then predicts raw scores, one column per output. */
function objectiveLine({ dialect, objective, link, outputs, levels }: TreeEnsemble): string | null {
  const own = dialect === 'lightgbm' ? objective : '';
  switch (link) {
    case 'identity':
      if (outputs > 1 || own === 'none' || own === 'custom') return null;
      if (own !== '') return own;
      return levels === null ? 'regression' : 'quantile';
    case 'exp':
      if (outputs > 1)
        throw notExportable(format, 'several outputs with a logarithmic link', 'Export it as xgboost-json.');
      return own === '' ? 'poisson' : own;
    case 'logistic':
      if (outputs > 1) return `multiclassova num_class:${outputs} sigmoid:1`;
      return own === 'cross_entropy' ? own : 'binary sigmoid:1';
    case 'softmax':
      return `multiclass num_class:${outputs}`;
  }
}

/** LightGBM separates names by blanks and refuses what has a meaning in JSON. */
function plainNames(features: readonly FeatureInfo[]): string[] {
  const taken = new Set<string>();
  return features.map(({ name }) => {
    const plain = name.replace(/[\s",:[\]{}=]/g, '_') || '_';
    let free = plain;
    for (let i = 2; taken.has(free); i++) free = `${plain}_${i}`;
    taken.add(free);
    return free;
  });
}

/** What is known of the values of each column: the range of its thresholds, or the codes of its sets. */
function featureInfos({ features, trees, compare, single }: NodeForm): string[] {
  const least = new Float64Array(features.length).fill(Infinity);
  const most = new Float64Array(features.length).fill(-Infinity);
  const codes = features.map(({ categories }) => new Set<number>(categories?.keys() ?? []));
  trees.feature.forEach((f, i) => {
    if (f < 0) return;
    if ((trees.flags[i] & nodeFlag.category) !== 0)
      for (const code of codesOf(trees, trees.threshold[i])) codes[f].add(code);
    else {
      const at = atMostDouble(trees.threshold[i], compare, single);
      least[f] = Math.min(least[f], at);
      most[f] = Math.max(most[f], at);
    }
  });
  return features.map(({ kind }, f) => {
    if (kind === 'category')
      return codes[f].size === 0 ? 'none' : [...codes[f]].sort((a, b) => a - b).join(':');
    return least[f] <= most[f] ? `[${least[f]}:${most[f]}]` : 'none';
  });
}

/** Lists of texts, in the order of the categorical columns, or null: whoever predicts then gives codes. */
function pandasCategorical(features: readonly FeatureInfo[]): string {
  const categorical = features.filter(({ kind }) => kind === 'category');
  if (categorical.length === 0 || categorical.some(({ categories }) => categories === null)) return 'null';
  return JSON.stringify(
    categorical.map(({ categories }) =>
      categories!.every((text) => /^(0|-?[1-9]\d{0,14})$/.test(text)) ? categories!.map(Number) : categories,
    ),
  );
}

function treeText(ensemble: NodeForm, t: number): string {
  const { trees, compare, single, features } = ensemble;
  const from = trees.start[t];
  const size = trees.start[t + 1] - from;
  // inner nodes and leaves are numbered apart, leaves as the complement
  const number = new Int32Array(size);
  const inner: number[] = [];
  const leaves: number[] = [];
  for (let node = 0; node < size; node++) {
    const leaf = trees.feature[from + node] < 0;
    number[node] = leaf ? ~leaves.length : inner.length;
    (leaf ? leaves : inner).push(from + node);
  }
  const line = (key: string, values: readonly number[]): string => `${key}=${values.join(' ')}`;
  const sets: number[][] = [];
  const threshold: number[] = [];
  const decisions = inner.map((node) => {
    const flags = trees.flags[node];
    if ((flags & nodeFlag.category) !== 0) {
      const words = setWords(ensemble, node, features[trees.feature[node]]);
      threshold.push(sets.length);
      sets.push(words.words);
      return 1 | (missingType(flags) << 2);
    }
    threshold.push(atMostDouble(trees.threshold[node], compare, single));
    return ((flags & nodeFlag.defaultLeft) !== 0 ? 2 : 0) | (missingType(flags) << 2);
  });
  // a split whose two sides were exchanged
  const exchanged = inner.map((node) => exchange(ensemble, node));
  const side = (node: number, i: number, which: 'left' | 'right'): number => {
    const taken = exchanged[i] ? (which === 'left' ? 'right' : 'left') : which;
    return number[trees[taken][node]];
  };
  const boundaries = sets.reduce<number[]>((all, words) => [...all, all[all.length - 1] + words.length], [0]);
  return [
    `num_leaves=${leaves.length}`,
    `num_cat=${sets.length}`,
    line(
      'split_feature',
      inner.map((node) => trees.feature[node]),
    ),
    line(
      'split_gain',
      inner.map((node) => trees.gain[node]),
    ),
    line('threshold', threshold),
    line('decision_type', decisions),
    line(
      'left_child',
      inner.map((node, i) => side(node, i, 'left')),
    ),
    line(
      'right_child',
      inner.map((node, i) => side(node, i, 'right')),
    ),
    line(
      'leaf_value',
      leaves.map((node) => trees.value[node]),
    ),
    line(
      'leaf_weight',
      leaves.map((node) => trees.cover[node]),
    ),
    line(
      'leaf_count',
      leaves.map((node) => Math.round(trees.count[node])),
    ),
    line(
      'internal_value',
      inner.map((node) => trees.value[node]),
    ),
    line(
      'internal_weight',
      inner.map((node) => trees.cover[node]),
    ),
    line(
      'internal_count',
      inner.map((node) => Math.round(trees.count[node])),
    ),
    ...(sets.length === 0 ? [] : [line('cat_boundaries', boundaries), line('cat_threshold', sets.flat())]),
    'is_linear=0',
    'shrinkage=1',
    '',
  ].join('\n');
}

const missingType = (flags: number): number =>
  (flags & nodeFlag.missingNone) !== 0 ? 0 : (flags & nodeFlag.missingZero) !== 0 ? 1 : 2;

/** LightGBM sends a missing category outside of every set. Where it belongs inside, the set is replaced by its complement. */
const exchange = ({ trees, compare }: NodeForm, node: number): boolean =>
  (trees.flags[node] & nodeFlag.category) !== 0 && missingGoesLeft(trees, node, compare);

function setWords(ensemble: NodeForm, node: number, feature: FeatureInfo): { words: number[] } {
  const { trees } = ensemble;
  const set = trees.threshold[node];
  const words = [...trees.setBits.subarray(trees.setStart[set], trees.setStart[set + 1])];
  if (!exchange(ensemble, node)) return { words: words.length === 0 ? [0] : words };
  const known = Math.max(feature.categories?.length ?? 0, words.length * 32);
  const out = Array.from({ length: Math.ceil(known / 32) }, (_, i) => ~(words[i] ?? 0) >>> 0);
  if (known % 32 !== 0) out[out.length - 1] &= 2 ** (known % 32) - 1;
  return { words: out.map((word) => word >>> 0) };
}
