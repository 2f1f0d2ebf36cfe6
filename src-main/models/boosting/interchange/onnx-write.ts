/**
 * @file Writes ONNX: one `TreeEnsembleRegressor` (ai.onnx.ml, version 3, which every runtime of the last years has) and
 * the link behind it. One input, `features` of shape (rows x columns) in 32 bits: categories as codes, missing as NaN.
 * A split on a set of categories becomes a chain of equality questions that share their left side.
 */
import { encodeOnnx } from '../../../tensor/onnx/encode.ts';
import type { OnnxNode, OnnxTensor } from '../../../tensor/onnx/model.ts';
import { nodeFlag, treeCount } from '../ensemble.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { ceilFloat, floorFloat, maxFloat } from './floats.ts';
import { notExportable } from './model-file.ts';
import { nodeForm } from './node-form.ts';
import type { NodeForm } from './node-form.ts';
import { codesOf, missingGoesLeft } from './tree-builder.ts';
import { refuseZeroAsMissing } from './xgboost-write.ts';

const format = 'onnx';
/** Questions that sets of categories may unfold to. */
const maxNodes = 20_000_000;

/** The arrays of TreeEnsembleRegressor, one entry per node or per leaf value. */
interface Nodes {
  readonly tree: number[];
  readonly id: number[];
  readonly feature: number[];
  readonly value: number[];
  readonly mode: string[];
  readonly yes: number[];
  readonly no: number[];
  readonly missing: number[];
  readonly leafTree: number[];
  readonly leafNode: number[];
  readonly leafOutput: number[];
  readonly leafValue: number[];
}

/** @throws AppError `model-not-exportable` */
export function writeOnnx(given: TreeEnsemble): Uint8Array {
  const ensemble = nodeForm(given, format);
  const { features, outputs, link } = ensemble;
  const nodes = collect(ensemble);
  const raw = link === 'identity' ? 'prediction' : 'raw';
  const graph: OnnxNode[] = [
    {
      type: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      name: 'trees',
      inputs: ['features'],
      outputs: [raw],
      attributes: {
        n_targets: { int: outputs },
        aggregate_function: { string: 'SUM' },
        post_transform: { string: 'NONE' },
        base_values: { floats: ensemble.base },
        nodes_treeids: { ints: nodes.tree },
        nodes_nodeids: { ints: nodes.id },
        nodes_featureids: { ints: nodes.feature },
        nodes_values: { floats: nodes.value },
        nodes_modes: { strings: nodes.mode },
        nodes_truenodeids: { ints: nodes.yes },
        nodes_falsenodeids: { ints: nodes.no },
        nodes_missing_value_tracks_true: { ints: nodes.missing },
        target_treeids: { ints: nodes.leafTree },
        target_nodeids: { ints: nodes.leafNode },
        target_ids: { ints: nodes.leafOutput },
        target_weights: { floats: nodes.leafValue },
      },
    },
  ];
  if (link !== 'identity') {
    const type = { logistic: 'Sigmoid', exp: 'Exp', softmax: 'Softmax' }[link];
    graph.push({
      type,
      inputs: [raw],
      outputs: ['prediction'],
      ...(type === 'Softmax' ? { attributes: { axis: { int: 1 } } } : {}),
    });
  }
  const categories = Object.fromEntries(
    features.flatMap(({ name, categories: texts }) => (texts === null ? [] : [[name, texts]])),
  );
  return encodeOnnx({
    irVersion: 8,
    producer: 'voltcast',
    opsets: { '': 15, 'ai.onnx.ml': 3 },
    metadata: {
      features: JSON.stringify(features.map(({ name }) => name)),
      categories: JSON.stringify(categories),
      objective: ensemble.objective,
      ...(ensemble.levels === null ? {} : { quantiles: JSON.stringify(ensemble.levels) }),
    },
    graph: {
      name: 'voltcast-trees',
      nodes: graph,
      inputs: [{ name: 'features', type: 'float32', dims: ['rows', features.length] }],
      outputs: [{ name: 'prediction', type: 'float32', dims: ['rows', outputs] }],
      initializers: new Map<string, OnnxTensor>(),
    },
  });
}

function collect(ensemble: NodeForm): Nodes {
  const { trees, treeOutput } = ensemble;
  const out: Nodes = {
    tree: [],
    id: [],
    feature: [],
    value: [],
    mode: [],
    yes: [],
    no: [],
    missing: [],
    leafTree: [],
    leafNode: [],
    leafOutput: [],
    leafValue: [],
  };
  for (let t = 0; t < treeCount(ensemble); t++) {
    const from = trees.start[t];
    const size = trees.start[t + 1] - from;
    let extra = size; // further questions of a chain are numbered behind the tree's own nodes
    const add = (
      id: number,
      feature: number,
      value: number,
      mode: string,
      yes: number,
      no: number,
      missing: boolean,
    ): void => {
      out.tree.push(t);
      out.id.push(id);
      out.feature.push(feature);
      out.value.push(value);
      out.mode.push(mode);
      out.yes.push(yes);
      out.no.push(no);
      out.missing.push(missing ? 1 : 0);
    };
    for (let node = 0; node < size; node++) {
      const at = from + node;
      const f = trees.feature[at];
      if (f < 0) {
        add(node, 0, 0, 'LEAF', 0, 0, false);
        out.leafTree.push(t);
        out.leafNode.push(node);
        out.leafOutput.push(treeOutput[t]);
        out.leafValue.push(trees.value[at]);
        continue;
      }
      const missing = missingGoesLeft(trees, at, ensemble.compare);
      const [left, right] = [trees.left[at], trees.right[at]];
      if ((trees.flags[at] & nodeFlag.category) === 0) {
        refuseZeroAsMissing(trees, at, ensemble.compare, format);
        const less = ensemble.compare === 'lt';
        const threshold = less ? ceilFloat(trees.threshold[at]) : floorFloat(trees.threshold[at]);
        add(node, f, clamp(threshold), less ? 'BRANCH_LT' : 'BRANCH_LEQ', left, right, missing);
        continue;
      }
      const codes = codesOf(trees, trees.threshold[at]);
      // no number is equal to a half: an empty set is asked a question that only a missing value may answer
      if (codes.length === 0) codes.push(-0.5);
      codes.forEach((code, i) => {
        const id = i === 0 ? node : extra++;
        add(id, f, code, 'BRANCH_EQ', left, i + 1 < codes.length ? extra : right, missing);
      });
    }
    if (out.tree.length > maxNodes)
      throw notExportable(
        format,
        'its sets of categories unfold to too many questions',
        'Export it as xgboost-json.',
      );
  }
  return out;
}

const clamp = (x: number): number => Math.max(-maxFloat, Math.min(maxFloat, x));
