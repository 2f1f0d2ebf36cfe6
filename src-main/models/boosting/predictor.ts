/** @file A grown forest: prediction, importance and its JSON form. */
import { z } from 'zod';
import { invalidModel, pack, packedSchema, unpack } from '../codec.ts';
import { binOf } from './binning.ts';
import type { Bins } from './binning.ts';
import type { Tree } from './types.ts';

/** Adds one tree's values to `out`, shape (rows). */
export function addTree(tree: Tree, columns: readonly Float64Array[], rows: number, out: Float64Array): void {
  const { feature, threshold, left, defaultLeft, value } = tree;
  for (let i = 0; i < rows; i++) {
    let node = 0;
    for (let f = feature[0]; f >= 0; f = feature[node]) {
      const x = columns[f][i];
      const goesLeft = x < threshold[node] || (x !== x && defaultLeft[node] === 1);
      node = goesLeft ? left[node] : left[node] + 1;
    }
    out[i] += value[node];
  }
}

/** The same over quantised columns, for some rows of the training set. Its thresholds are cut points, so codes decide. */
export function addTreeBinned(tree: Tree, bins: Bins, rows: Uint32Array, out: Float64Array): void {
  const { feature, threshold, left, defaultLeft, value } = tree;
  const { codes, cuts, hasMissing, rows: stride } = bins;
  const size = feature.length;
  const base = new Int32Array(size);
  const bin = new Int32Array(size);
  const missing = new Int32Array(size);
  for (let node = 0; node < size; node++) {
    const f = feature[node];
    if (f < 0) continue;
    base[node] = f * stride;
    missing[node] = hasMissing[f] === 1 ? cuts[f].length : -1;
    // x < cuts[b - 1] holds for the codes below b
    bin[node] = threshold[node] < cuts[f][0] ? 0 : binOf(threshold[node], cuts[f]);
    if (threshold[node] >= cuts[f][cuts[f].length - 1]) bin[node] = cuts[f].length;
  }
  for (const row of rows) {
    let node = 0;
    while (feature[node] >= 0) {
      const code = codes[base[node] + row];
      const goesLeft = code === missing[node] ? defaultLeft[node] === 1 : code < bin[node];
      node = goesLeft ? left[node] : left[node] + 1;
    }
    out[row] += value[node];
  }
}

/** Trees of all rounds; tree t belongs to output t mod outputs. */
export interface Forest {
  readonly outputs: number;
  readonly base: Float64Array;
  readonly trees: readonly Tree[];
}

/** @returns one array of shape (rows) per output */
export function predictForest(forest: Forest, columns: readonly Float64Array[], rows: number): Float64Array[] {
  const out = Array.from(forest.base, (base) => new Float64Array(rows).fill(base));
  // blocks keep the rows in cache while the trees pass over them
  const block = 512;
  for (let from = 0; from < rows; from += block) {
    const to = Math.min(rows, from + block);
    const part = columns.map((column) => column.subarray(from, to));
    forest.trees.forEach((tree, t) => {
      addTree(tree, part, to - from, out[t % forest.outputs].subarray(from, to));
    });
  }
  return out;
}

/** Total gain per column (XGBoost's `total_gain`), shape (columns). */
export function totalGain(forest: Forest, columns: number): Float64Array {
  const gain = new Float64Array(columns);
  for (const tree of forest.trees)
    for (let node = 0; node < tree.feature.length; node++)
      if (tree.feature[node] >= 0) gain[tree.feature[node]] += tree.gain[node];
  return gain;
}

export const forestSchema = z.strictObject({
  outputs: z.number().int().min(1).max(1000),
  base: packedSchema,
  /** nodes per tree */
  sizes: packedSchema,
  feature: packedSchema,
  threshold: packedSchema,
  left: packedSchema,
  defaultLeft: packedSchema,
  value: packedSchema,
  gain: packedSchema,
  cover: packedSchema,
});

export function forestToJson(forest: Forest): z.infer<typeof forestSchema> {
  const sizes = Int32Array.from(forest.trees, (tree) => tree.feature.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const join = <T extends Float64Array | Int32Array | Uint8Array>(whole: T, of: (tree: Tree) => T) => {
    let at = 0;
    for (const tree of forest.trees) {
      whole.set(of(tree), at);
      at += tree.feature.length;
    }
    return pack(whole);
  };
  return {
    outputs: forest.outputs,
    base: pack(forest.base),
    sizes: pack(sizes),
    feature: join(new Int32Array(total), (tree) => tree.feature),
    threshold: join(new Float64Array(total), (tree) => tree.threshold),
    left: join(new Int32Array(total), (tree) => tree.left),
    defaultLeft: join(new Uint8Array(total), (tree) => tree.defaultLeft),
    value: join(new Float64Array(total), (tree) => tree.value),
    gain: join(new Float64Array(total), (tree) => tree.gain),
    cover: join(new Float64Array(total), (tree) => tree.cover),
  };
}

/**
 * @param columns features the model has; every split must name one of them
 * @throws AppError `model-invalid`; children that do not lie behind their parent would let prediction run for ever
 */
export function forestFromJson(json: z.infer<typeof forestSchema>, columns: number): Forest {
  const sizes = unpack(json.sizes, 'i32', 'forest.sizes');
  const whole = {
    feature: unpack(json.feature, 'i32', 'forest.feature'),
    threshold: unpack(json.threshold, 'f64', 'forest.threshold'),
    left: unpack(json.left, 'i32', 'forest.left'),
    defaultLeft: unpack(json.defaultLeft, 'u8', 'forest.defaultLeft'),
    value: unpack(json.value, 'f64', 'forest.value'),
    gain: unpack(json.gain, 'f64', 'forest.gain'),
    cover: unpack(json.cover, 'f64', 'forest.cover'),
  };
  const base = unpack(json.base, 'f64', 'forest.base');
  if (base.length !== json.outputs) throw invalidModel('forest.base: one value per output is needed');
  if (sizes.length % json.outputs !== 0) throw invalidModel('forest.sizes: trees do not fill whole rounds');
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (const [name, values] of Object.entries(whole))
    if (values.length !== total) throw invalidModel(`forest.${name}: ${values.length} nodes, expected ${total}`);
  const trees: Tree[] = [];
  let at = 0;
  for (const size of sizes) {
    if (size < 1) throw invalidModel('forest.sizes: a tree without nodes');
    const part = <T>(values: { slice(from: number, to: number): T }): T => values.slice(at, at + size);
    const tree: Tree = {
      feature: part(whole.feature),
      threshold: part(whole.threshold),
      left: part(whole.left),
      defaultLeft: part(whole.defaultLeft),
      value: part(whole.value),
      gain: part(whole.gain),
      cover: part(whole.cover),
    };
    for (let node = 0; node < size; node++) {
      if (tree.feature[node] >= columns) throw invalidModel(`forest.feature: no column ${tree.feature[node]}`);
      if (tree.feature[node] < 0) continue;
      if (tree.left[node] <= node || tree.left[node] + 1 >= size)
        throw invalidModel(`forest.left: node ${node} points to ${tree.left[node]} of ${size}`);
    }
    trees.push(tree);
    at += size;
  }
  return { outputs: json.outputs, base, trees };
}
