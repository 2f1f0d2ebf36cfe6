/** @file The trees of CatBoost's JSON: `oblivious_trees` (a list of questions per tree) or `trees` (nested objects). */
import { nodeFlag } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees } from '../ensemble.ts';
import type { CatboostColumns } from './catboost-read.ts';
import { maxOutputs } from './model-file.ts';
import type { Field } from './model-file.ts';
import { TreeBuilder, bitsOf, nodeOrder } from './tree-builder.ts';

/** CatBoost stops at 16. */
const maxDepth = 16;

interface Question {
  readonly column: number;
  readonly border: number;
  readonly equal: boolean;
}

/** @param outputs what the bias says; leaves decide where there are any */
export function readCatboostTrees(
  root: Field,
  columns: CatboostColumns,
  outputs: number,
): { trees: NodeTrees | SymmetricTrees; width: number } {
  const symmetric = root.find('oblivious_trees');
  if (symmetric !== null) return readSymmetric(symmetric, columns, outputs);
  return readNested(
    root.find('trees') ?? root.fail('"oblivious_trees" and "trees" are missing'),
    columns,
    outputs,
  );
}

function readQuestion(field: Field, columns: CatboostColumns): Question {
  const type = field.get('split_type').text();
  const at = (key: string, list: readonly number[]): number => list[field.get(key).whole(0, list.length - 1)];
  switch (type) {
    case 'FloatFeature':
      return {
        column: at('float_feature_index', columns.floats),
        border: field.get('border').finite(),
        equal: false,
      };
    case 'OneHotFeature': {
      // hashes are written with or without a sign
      const code = columns.codes.get(field.get('value').finite() >>> 0) ?? -1;
      return { column: at('cat_feature_index', columns.categories), border: code, equal: true };
    }
    case 'OnlineCtr': {
      const index = field.get('split_index').whole(0, 2 ** 31 - 1);
      const split =
        columns.statisticSplits.get(index) ?? field.fail(`no target statistic has question ${index}`);
      return { ...split, equal: false };
    }
    default:
      return field.fail(`unknown split_type "${type.slice(0, 40)}"`);
  }
}

function readSymmetric(
  list: Field,
  columns: CatboostColumns,
  outputs: number,
): { trees: SymmetricTrees; width: number } {
  const start = [0];
  const leafStart = [0];
  const feature: number[] = [];
  const border: number[] = [];
  const equal: number[] = [];
  const weight: number[] = [];
  const value: number[] = [];
  let width = 0;
  for (const tree of list.list()) {
    const splits = tree.find('splits')?.list() ?? [];
    if (splits.length > maxDepth) tree.fail(`${splits.length} levels, at most ${maxDepth}`);
    const leaves = 2 ** splits.length;
    const values = tree.get('leaf_values').finiteNumbers();
    const perLeaf = values.length / leaves;
    if (
      !Number.isInteger(perLeaf) ||
      perLeaf < 1 ||
      perLeaf > maxOutputs ||
      (width !== 0 && perLeaf !== width)
    )
      tree.fail(`${values.length} leaf values do not fit ${leaves} leaves`);
    width = perLeaf;
    const weights = tree.find('leaf_weights')?.finiteNumbers() ?? null;
    if (weights !== null && weights.length !== leaves && weights.length !== 0)
      tree.fail(`expected ${leaves} leaf weights, found ${weights.length}`);
    for (const field of splits) {
      const question = readQuestion(field, columns);
      feature.push(question.column);
      border.push(question.border);
      equal.push(question.equal ? 1 : 0);
    }
    for (const x of values) value.push(x);
    for (let leaf = 0; leaf < leaves; leaf++) weight.push(weights?.[leaf] ?? 0);
    start.push(feature.length);
    leafStart.push(weight.length);
  }
  return {
    width: width === 0 ? outputs : width,
    trees: {
      shape: 'symmetric',
      start: Int32Array.from(start),
      feature: Int32Array.from(feature),
      border: Float64Array.from(border),
      equal: Uint8Array.from(equal),
      leafStart: Int32Array.from(leafStart),
      value: Float64Array.from(value),
      weight: Float64Array.from(weight),
      gain: new Float64Array(feature.length),
    },
  };
}

interface NestedNode {
  readonly question: Question | null;
  readonly left: number;
  readonly right: number;
  readonly values: Float64Array;
  readonly weight: number;
}

function readNested(
  list: Field,
  columns: CatboostColumns,
  outputs: number,
): { trees: NodeTrees; width: number } {
  const trees = list.list().map((tree) => ({ tree, nodes: flatten(tree, columns) }));
  const width = trees[0]?.nodes.find((node) => node.question === null)?.values.length ?? outputs;
  const builder = new TreeBuilder(width);
  for (const { tree, nodes } of trees) {
    const fail = (what: string): never => tree.fail(what);
    // a question about a category is a set here, whose members go left: yes is left for it, right for numbers
    const turned = (node: number): boolean => nodes[node].question?.equal === true;
    const source = {
      nodes: nodes.length,
      left: (node: number) => (turned(node) ? nodes[node].right : nodes[node].left),
      right: (node: number) => (turned(node) ? nodes[node].left : nodes[node].right),
    };
    builder.add(
      source,
      nodeOrder(source, fail),
      (node) => {
        const { question, weight } = nodes[node];
        const common = { gain: 0, cover: weight, count: weight };
        if (question === null) return { feature: -1, threshold: 0, flags: 0, ...common };
        const { column, border, equal } = question;
        if (equal) {
          const set = builder.set(bitsOf(border < 0 ? [] : [border], fail), fail);
          return { feature: column, threshold: set, flags: nodeFlag.category, ...common };
        }
        const flags = columns.missingAs[column] === 'max' ? 0 : nodeFlag.defaultLeft;
        return { feature: column, threshold: border, flags, ...common };
      },
      (node, out) => {
        const { question, values } = nodes[node];
        if (question !== null) return;
        if (values.length !== width) fail(`a leaf of ${values.length} values, expected ${width}`);
        out.set(values);
      },
    );
  }
  return { width, trees: builder.build() };
}

/** Nodes before their children; weights of inner nodes are the sums of their leaves. */
function flatten(root: Field, columns: CatboostColumns): NestedNode[] {
  const nodes: {
    question: Question | null;
    left: number;
    right: number;
    values: Float64Array;
    weight: number;
  }[] = [];
  const visit = (field: Field): number => {
    const at = nodes.length;
    const split = field.find('split');
    const node: (typeof nodes)[number] = {
      question: null,
      left: -1,
      right: -1,
      values: new Float64Array(0),
      weight: 0,
    };
    nodes.push(node);
    if (split === null) {
      const value = field.get('value');
      node.values = typeof value.value === 'number' ? Float64Array.of(value.finite()) : value.finiteNumbers();
      node.weight = field.find('weight')?.finite() ?? 0;
      return at;
    }
    node.question = readQuestion(split, columns);
    node.left = visit(field.get('left'));
    node.right = visit(field.get('right'));
    node.weight = nodes[node.left].weight + nodes[node.right].weight;
    return at;
  };
  visit(root); // as deep as the file's own nesting, which is limited
  return nodes;
}
