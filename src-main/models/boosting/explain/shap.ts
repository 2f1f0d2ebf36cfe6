/**
 * @file Contributions of the input features to the predictions of a tree ensemble: exact path-dependent SHAP values, the
 * ones XGBoost calls `pred_contribs`, LightGBM `pred_contrib` and CatBoost `ShapValues`.
 * @see Lundberg et al., "Consistent Individualized Feature Attribution for Tree Ensembles" (2018)
 */
import type { TreeEnsemble } from '../ensemble.ts';
import { derivedValues } from '../categories/derived-values.ts';
import { read, readings } from '../predict/walk.ts';
import type { Column } from '../predict/walk.ts';
import { answer } from './answers.ts';
import { maxTablePlayers } from './leaf-table.ts';
import { playersOf, shareOut } from './players.ts';
import { addPlain, pathPlayers } from './shap-plain.ts';
import { addByTables, createScratch } from './shap-tables.ts';
import type { TableScratch } from './shap-tables.ts';
import { expectedValue, weightedTrees } from './weighted-trees.ts';
import type { WeightedTree } from './weighted-trees.ts';

export interface Contributions {
  /** outputs that were explained */
  readonly outputs: readonly number[];
  /** shape (explained outputs): the prediction where nothing is known of a row, raw scale */
  readonly expected: Float64Array;
  /** shape (explained outputs) x (features) x (rows), raw scale; with `expected` they sum to the raw prediction */
  readonly values: readonly (readonly Float64Array[])[];
}

export interface ShapOptions {
  /** outputs to explain; all without */
  readonly outputs?: readonly number[];
  /** `tables` is faster for many rows, `plain` for few and for deep trees; chosen by both without */
  readonly method?: 'plain' | 'tables';
}

/** Rows that are worked on together. */
const blockRows = 8192;
/** Below it, tables cost more than they save. */
const fewRows = 24;

/**
 * @param columns shape (features) x (at least `rows`), codes for categories; NaN is missing
 * @throws AppError `explain-needs-cover`
 */
export function treeContributions(
  ensemble: TreeEnsemble,
  columns: readonly Column[],
  rows: number,
  options: ShapOptions = {},
): Contributions {
  const outputs = options.outputs ?? Array.from({ length: ensemble.outputs }, (_, k) => k);
  const slot = new Map(outputs.map((output, o) => [output, o]));
  const players = playersOf(ensemble);
  const trees = weightedTrees(ensemble);
  const values = readColumns(ensemble, columns, rows);
  const byPlayer = outputs.map((): (Float64Array | null)[] => players.features.map(() => null));
  const expected = Float64Array.from(outputs, (output) => ensemble.base[output]);
  const scratch = createScratch(Math.min(rows, blockRows));

  trees.forEach((tree) => {
    /** [output slot, which value of a leaf] */
    const parts: [number, number][] =
      tree.output >= 0
        ? slot.has(tree.output)
          ? [[slot.get(tree.output)!, 0]]
          : []
        : outputs.map((output, o): [number, number] => [o, output]);
    if (parts.length === 0) return;
    const mean = expectedValue(tree, ensemble.leafWidth);
    for (const [o, component] of parts) expected[o] += ensemble.scale * mean[component];
    addTree(
      { ensemble, tree, playerOf: players.ofColumn, values, rows, parts, scratch, method: options.method },
      (o, player) => (byPlayer[o][player] ??= new Float64Array(rows)),
    );
  });
  if (ensemble.scale !== 1)
    for (const list of byPlayer)
      for (const sums of list) if (sums !== null) for (let i = 0; i < rows; i++) sums[i] *= ensemble.scale;
  return {
    outputs,
    expected,
    values: byPlayer.map((list) => {
      const own = ensemble.features.map(() => new Float64Array(rows));
      shareOut(players, list, own);
      return own;
    }),
  };
}

/** Columns as splits read them, derived ones included. */
export function readColumns(
  ensemble: TreeEnsemble,
  columns: readonly Column[],
  rows: number,
): Float64Array[] {
  const { features, derived } = ensemble;
  const all =
    derived.length === 0
      ? columns
      : [...columns.slice(0, features.length), ...derivedValues(ensemble, columns, rows)];
  return readings(ensemble).map((how, f) => {
    const out = new Float64Array(rows);
    for (let i = 0; i < rows; i++) out[i] = read(all[f][i], how);
    return out;
  });
}

interface TreeTask {
  readonly ensemble: TreeEnsemble;
  readonly tree: WeightedTree;
  readonly playerOf: Int32Array;
  readonly values: readonly Float64Array[];
  readonly rows: number;
  readonly parts: readonly (readonly [number, number])[];
  readonly scratch: TableScratch;
  readonly method: ShapOptions['method'];
}

function addTree(task: TreeTask, sumsOf: (slot: number, player: number) => Float64Array): void {
  const { ensemble, tree, playerOf, values, rows, parts, scratch } = task;
  const width = ensemble.leafWidth;
  const depth = pathPlayers(tree, playerOf);
  if (depth === 0) return;
  const plain =
    task.method === 'plain' || depth > maxTablePlayers || (task.method !== 'tables' && rows < fewRows);
  for (let from = 0; from < rows; from += blockRows) {
    const size = Math.min(blockRows, rows - from);
    const answers = tree.questions.map((question) => {
      const out = new Uint8Array(size);
      answer(ensemble, question, values[question.column], from, out);
      return out;
    });
    if (plain) {
      const right = new Uint8Array(tree.questions.length);
      const row = new Float64Array(playerOf.length === 0 ? 0 : Math.max(...playerOf) + 1);
      for (let i = 0; i < size; i++) {
        for (let q = 0; q < right.length; q++) right[q] = answers[q][i];
        for (const [o, component] of parts) {
          row.fill(0);
          addPlain(tree, playerOf, right, width, component, depth, row);
          for (let p = 0; p < row.length; p++) if (row[p] !== 0) sumsOf(o, p)[from + i] += row[p];
        }
      }
      continue;
    }
    const slotOf = new Map(parts.map(([o, component]) => [component, o]));
    addByTables({
      tree,
      playerOf,
      width,
      rows: size,
      answers,
      bits: size >= 4000 ? 9 : size >= 500 ? 8 : 7,
      scratch,
      add(player, component, table, index) {
        const o = slotOf.get(component);
        if (o === undefined) return;
        const sums = sumsOf(o, player);
        for (let i = 0; i < size; i++) sums[from + i] += table[index[i]];
      },
    });
  }
}
