/**
 * @file Reads LightGBM's text models, versions 3 and 4 (`Booster.save_model`, Tree::ToString and GBDT::SaveModelToString of
 * LightGBM). What a booster started from is inside of its first tree there, so the base is 0.
 */
import { nodeFlag } from '../ensemble.ts';
import type { FeatureInfo, Link, TreeEnsemble } from '../ensemble.ts';
import { parseLightgbmText } from './lightgbm-text.ts';
import type { LightgbmText, TextBlock } from './lightgbm-text.ts';
import { maxCategory, maxFeatures, maxOutputs, unsupportedModel } from './model-file.ts';
import type { ModelFileInput } from './model-file.ts';
import { TreeBuilder, nodeOrder } from './tree-builder.ts';

/** Bits of decision_type. */
const decision = { category: 1, defaultLeft: 2, missingShift: 2 } as const;

/** @throws AppError `model-file`, `model-unsupported` */
export function readLightgbm(input: ModelFileInput): TreeEnsemble {
  const text = parseLightgbmText(input);
  const { header, trees } = text;
  const version = header.get('version')?.text ?? '';
  if (!/^v[34]$/.test(version))
    throw unsupportedModel(
      input.file,
      `version ${JSON.stringify(version.slice(0, 20))} of LightGBM's text format is not read, only v3 and v4`,
      'Save the model with LightGBM 3 or 4.',
      'version',
    );
  const columns = header.whole('max_feature_idx', -1, maxFeatures - 1) + 1;
  const outputs = header.whole('num_tree_per_iteration', 1, maxOutputs);
  if (trees.length % outputs !== 0)
    header.fail('num_tree_per_iteration', `${trees.length} trees do not fill rounds of ${outputs}`);
  const { link, factor, name } = readObjective(input.file, header.get('objective')?.text ?? '');

  const builder = new TreeBuilder();
  const categorical = new Uint8Array(columns);
  for (const block of trees) readTree(input.file, block, builder, { columns, factor, categorical });
  const rounds = trees.length / outputs;
  return {
    dialect: 'lightgbm',
    features: readFeatures(text, columns, categorical),
    derived: [],
    tables: [],
    outputs,
    leafWidth: 1,
    treeOutput: Int32Array.from(trees, (_, t) => t % outputs),
    base: new Float64Array(outputs),
    scale: header.has('average_output') && rounds > 0 ? 1 / rounds : 1,
    treesPerRound: outputs,
    trees: builder.build(),
    compare: 'le',
    single: false,
    missingAs: null,
    link,
    objective: name,
    levels: readLevels(text, name, outputs),
  };
}

/** `quantile`, `binary sigmoid:1`, `multiclass num_class:3` … */
function readObjective(file: string, line: string): { link: Link; factor: number; name: string } {
  const [name = '', ...params] = line.trim().split(/\s+/);
  const links: Readonly<Record<string, Link>> = {
    '': 'identity',
    none: 'identity',
    custom: 'identity',
    regression: 'identity',
    regression_l1: 'identity',
    huber: 'identity',
    fair: 'identity',
    quantile: 'identity',
    mape: 'identity',
    lambdarank: 'identity',
    rank_xendcg: 'identity',
    poisson: 'exp',
    gamma: 'exp',
    tweedie: 'exp',
    binary: 'logistic',
    cross_entropy: 'logistic',
    multiclassova: 'logistic',
    multiclass: 'softmax',
  };
  if (!Object.hasOwn(links, name) || params.includes('sqrt'))
    throw unsupportedModel(
      file,
      `objective ${JSON.stringify(line.slice(0, 60))} does not predict by a link known here`,
      'Train with another objective (without reg_sqrt).',
      'objective',
    );
  const sigmoid = Number(params.find((param) => param.startsWith('sigmoid:'))?.slice(8) ?? 1);
  return {
    link: links[name],
    factor: Number.isFinite(sigmoid) && sigmoid > 0 ? sigmoid : 1,
    name: name === '' ? 'none' : name,
  };
}

/** The level is a training parameter; files without the parameters leave it open. */
function readLevels({ parameters }: LightgbmText, objective: string, outputs: number): number[] | null {
  if (objective !== 'quantile' || outputs !== 1) return null;
  const alpha = Number(parameters.get('alpha') ?? Number.NaN);
  return alpha > 0 && alpha < 1 ? [alpha] : null;
}

interface TreeContext {
  readonly columns: number;
  /** the sigmoid parameter: what raw scores are multiplied with before the link */
  readonly factor: number;
  readonly categorical: Uint8Array;
}

function readTree(file: string, block: TextBlock, builder: TreeBuilder, context: TreeContext): void {
  const fail = (what: string): never => block.fail('', what);
  const leaves = block.whole('num_leaves', 1, 2 ** 31 - 1);
  if (block.has('is_linear') && block.whole('is_linear', 0, 1) === 1)
    throw unsupportedModel(
      file,
      'linear trees (linear_tree) are not read',
      'Train with linear_tree=false.',
      'is_linear',
    );
  const inner = leaves - 1;
  const leafValue = block.numbers('leaf_value', leaves);
  const leafWeight = block.optional('leaf_weight', leaves);
  const leafCount = block.optional('leaf_count', leaves);
  const numbers = (key: string): Float64Array =>
    inner === 0 ? new Float64Array(0) : block.numbers(key, inner);
  const feature = numbers('split_feature');
  const threshold = numbers('threshold');
  const decisions = numbers('decision_type');
  const left = numbers('left_child');
  const right = numbers('right_child');
  const gain = block.optional('split_gain', inner);
  const value = block.optional('internal_value', inner);
  const weight = block.optional('internal_weight', inner);
  const count = block.optional('internal_count', inner);
  const sets = readSets(block);
  // inner nodes keep their numbers, leaf l (written ~l) comes after them
  const child = (c: number): number => {
    const whole = Number.isInteger(c) && c < inner && c >= -leaves;
    if (!whole) fail(`child ${c}, but there are ${inner} splits and ${leaves} leaves`);
    return c >= 0 ? c : inner + ~c;
  };
  const tree = {
    nodes: inner + leaves,
    left: (node: number) => (node >= inner ? -1 : child(left[node])),
    right: (node: number) => (node >= inner ? -1 : child(right[node])),
  };
  const finite = (x: number | undefined): number => (x !== undefined && Number.isFinite(x) ? x : 0);
  builder.add(
    tree,
    nodeOrder(tree, fail),
    (node) => {
      if (node >= inner) {
        const cover = finite(leafWeight?.[node - inner]);
        return {
          feature: -1,
          threshold: 0,
          flags: 0,
          gain: 0,
          cover,
          count: finite(leafCount?.[node - inner]),
        };
      }
      const f = feature[node];
      if (!Number.isInteger(f) || f < 0 || f >= context.columns)
        fail(`split ${node} is on column ${f}, but there are ${context.columns}`);
      const bits = decisions[node];
      if (!Number.isInteger(bits) || bits < 0 || bits > 15 || bits >> decision.missingShift > 2)
        fail(`split ${node} has decision_type ${bits}`);
      const missing = [nodeFlag.missingNone, nodeFlag.missingZero, 0][bits >> decision.missingShift];
      const common = {
        gain: finite(gain?.[node]),
        cover: finite(weight?.[node]),
        count: finite(count?.[node]),
      };
      if ((bits & decision.category) === 0) {
        const at = threshold[node];
        if (Number.isNaN(at)) fail(`split ${node} has no threshold`);
        const flags = missing | ((bits & decision.defaultLeft) === 0 ? 0 : nodeFlag.defaultLeft);
        return {
          feature: f,
          threshold: Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, at)),
          flags,
          ...common,
        };
      }
      context.categorical[f] = 1;
      const set = sets[threshold[node]];
      if (set === undefined) fail(`split ${node} is on set ${threshold[node]}, but there are ${sets.length}`);
      return { feature: f, threshold: builder.set(set, fail), flags: missing | nodeFlag.category, ...common };
    },
    (node, out) => {
      const x = node < inner ? finite(value?.[node]) : leafValue[node - inner];
      if (!Number.isFinite(x)) fail(`leaf ${node - inner} adds ${x}`);
      out[0] = x * context.factor;
    },
  );
}

/** Bits of the categories that go left, one array per set. */
function readSets(block: TextBlock): Uint32Array[] {
  const count = block.has('num_cat') ? block.whole('num_cat', 0, 2 ** 31 - 1) : 0;
  if (count === 0) return [];
  const words = block.numbers('cat_threshold');
  const borders = block.numbers('cat_boundaries', count + 1);
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [borders[i], borders[i + 1]];
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= words.length))
      block.fail('cat_boundaries', `set ${i} lies outside of ${words.length} words`);
    if (to - from > maxCategory / 32) block.fail('cat_boundaries', `a category above ${maxCategory}`);
    return Uint32Array.from(words.subarray(from, to));
  });
}

function readFeatures(text: LightgbmText, columns: number, categorical: Uint8Array): FeatureInfo[] {
  const { header, parameters, pandasCategorical } = text;
  const names = header.words('feature_names');
  if (names.length !== columns)
    header.fail('feature_names', `expected ${columns} names, found ${names.length}`);
  const infos = header.has('feature_infos') ? header.words('feature_infos') : [];
  infos.forEach((info, f) => {
    if (f < columns && info !== 'none' && !info.startsWith('[')) categorical[f] = 1;
  });
  for (const index of (parameters.get('categorical_feature') ?? '').split(','))
    if (/^\d+$/.test(index) && Number(index) < columns) categorical[Number(index)] = 1;
  const marked = categorical.reduce((sum, mark) => sum + mark, 0);
  let next = 0;
  return names.map((name, f): FeatureInfo => {
    if (categorical[f] === 0) return { name, kind: 'number', categories: null };
    const texts = pandasCategorical.length === marked ? pandasCategorical[next++] : null;
    return { name, kind: 'category', categories: texts };
  });
}
