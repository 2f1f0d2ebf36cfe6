/**
 * @file Prediction from a {@link TreeEnsemble}: one row or a batch. A row's result is
 * `link(base + scale * (sum of its leaves, tree after tree))`, added up in that order everywhere, so a row predicts the
 * same bit for bit alone, in any batch and on any number of threads.
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import { derivedValues } from '../categories/derived-values.ts';
import { treeCount } from '../ensemble.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { createBatch, threadsFor } from './batch.ts';
import type { Batch } from './batch.ts';
import { createFindLeaves } from './one-row.ts';
import type { FindLeaves } from './one-row.ts';
import { applyLink, applyLinkToRow } from './link.ts';
import { createWalk, read, readings } from './walk.ts';
import type { Column } from './walk.ts';

export interface Predictor {
  readonly ensemble: TreeEnsemble;
  /**
   * Scores on the raw scale.
   * @param columns shape (features) x (at least `rows`), codes for categories; NaN is missing
   * @returns shape (outputs) x (rows)
   * @throws AppError `columns-mismatch` when a column is absent or too short
   */
  raw(columns: readonly Column[], rows: number): Float64Array[];
  /** The same with the link applied. */
  predict(columns: readonly Column[], rows: number): Float64Array[];
  /** One row, link applied: `values` of shape (features), `out` of shape (outputs). */
  row(values: Float64Array, out: Float64Array): void;
  /**
   * Where rows end, shape (rows x trees): the leaf's node number within its tree, or its leaf number for symmetric trees.
   */
  leaves(columns: readonly Column[], rows: number): Int32Array;
}

export interface PredictorOptions {
  /** most threads a batch is spread over, the calling one included; all cores without */
  readonly threads?: number;
  /** `plain`: rows are walked one by one in this thread, which the kernel is held to */
  readonly path?: 'kernel' | 'plain';
}

/** Rows that pass the trees together: small enough for their values to stay in cache. */
const blockRows = 256;
/** Rows of a batch for which derived columns are computed at a time. */
const derivedRows = 65_536;
/** Fewer rows are walked: writing the model for the kernel would cost more. */
const kernelRows = 64;

export function createPredictor(ensemble: TreeEnsemble, options: PredictorOptions = {}): Predictor {
  const { features, derived, outputs, leafWidth, treeOutput, base, scale, trees, link } = ensemble;
  const count = treeCount(ensemble);
  const reading = readings(ensemble);
  const width = reading.length;
  const walk = createWalk(ensemble);
  const firstLeaf = trees.shape === 'nodes' ? trees.start : trees.leafStart;
  const { value } = trees;

  const allColumns = (columns: readonly Column[], rows: number): readonly Column[] => {
    if (derived.length === 0) return columns;
    return [...columns.slice(0, features.length), ...derivedValues(ensemble, columns, rows)];
  };

  const block = new Float64Array(blockRows * width);
  const fill = (columns: readonly Column[], from: number, to: number): void => {
    for (let f = 0; f < width; f++) {
      const column = columns[f];
      const how = reading[f];
      for (let i = from, at = f; i < to; i++, at += width) block[at] = read(column[i], how);
    }
  };

  const addTree = (t: number, at: number, sums: Float64Array, row: number): void => {
    const leaf = (firstLeaf[t] + walk(t, block, at)) * leafWidth;
    if (leafWidth === 1) sums[row + treeOutput[t]] += value[leaf];
    else for (let k = 0; k < leafWidth; k++) sums[row + k] += value[leaf + k];
  };

  const sums = new Float64Array(blockRows * outputs);

  let findLeaves: FindLeaves | null | undefined = options.path === 'plain' ? null : undefined;
  const found = new Int32Array(count);
  /** All trees for the row that begins at `at` in the block; its sums begin at `row`. */
  const addTrees = (at: number, row: number): void => {
    if (findLeaves === undefined) findLeaves = createFindLeaves(ensemble);
    if (findLeaves === null) {
      for (let t = 0; t < count; t++) addTree(t, at, sums, row);
      return;
    }
    findLeaves(block, at, found);
    if (leafWidth === 1) for (let t = 0; t < count; t++) sums[row + treeOutput[t]] += value[found[t]];
    else
      for (let t = 0; t < count; t++)
        for (let k = 0; k < leafWidth; k++) sums[row + k] += value[found[t] * leafWidth + k];
  };

  const plain = (columns: readonly Column[], rows: number): Float64Array[] => {
    const out = Array.from({ length: outputs }, () => new Float64Array(rows));
    for (let from = 0; from < rows; from += blockRows) {
      const size = Math.min(blockRows, rows - from);
      fill(columns, from, from + size);
      sums.fill(0);
      for (let t = 0; t < count; t++) for (let i = 0; i < size; i++) addTree(t, i * width, sums, i * outputs);
      for (let k = 0; k < outputs; k++)
        for (let i = 0; i < size; i++) out[k][from + i] = base[k] + scale * sums[i * outputs + k];
    }
    return out;
  };

  /** Fewer rows than the kernel is worth waking for. */
  const few = (columns: readonly Column[], rows: number): Float64Array[] => {
    fill(columns, 0, rows);
    sums.fill(0, 0, rows * outputs);
    for (let i = 0; i < rows; i++) addTrees(i * width, i * outputs);
    return Array.from({ length: outputs }, (_, k) =>
      Float64Array.from({ length: rows }, (__, i) => base[k] + scale * sums[i * outputs + k]),
    );
  };

  let batch: Batch | null | undefined = options.path === 'plain' ? null : undefined;
  const rawPart = (given: readonly Column[], rows: number): Float64Array[] => {
    const columns = allColumns(given, rows);
    if (rows < kernelRows) return options.path === 'plain' ? plain(columns, rows) : few(columns, rows);
    if (batch === undefined) batch = createBatch(ensemble);
    return batch?.raw(columns, rows, threadsFor(ensemble, rows, options.threads)) ?? plain(columns, rows);
  };

  const raw = (columns: readonly Column[], rows: number): Float64Array[] => {
    checkColumns(ensemble, columns, rows);
    if (derived.length === 0 || rows <= derivedRows) return rawPart(columns, rows);
    const out = Array.from({ length: outputs }, () => new Float64Array(rows));
    for (let from = 0; from < rows; from += derivedRows) {
      const to = Math.min(rows, from + derivedRows);
      const part = rawPart(
        columns.map((column) => column.subarray(from, to)),
        to - from,
      );
      for (let k = 0; k < outputs; k++) out[k].set(part[k], from);
    }
    return out;
  };

  return {
    ensemble,
    raw,
    predict(columns, rows) {
      const out = raw(columns, rows);
      applyLink(link, out);
      return out;
    },
    row(values, out) {
      const all =
        derived.length === 0
          ? null
          : allColumns(
              Array.from(values, (x) => Float64Array.of(x)),
              1,
            );
      for (let f = 0; f < width; f++) block[f] = read(all === null ? values[f] : all[f][0], reading[f]);
      sums.fill(0, 0, outputs);
      addTrees(0, 0);
      for (let k = 0; k < outputs; k++) out[k] = base[k] + scale * sums[k];
      applyLinkToRow(link, out);
    },
    leaves(given, rows) {
      checkColumns(ensemble, given, rows);
      const columns = allColumns(given, rows);
      const out = new Int32Array(rows * count);
      for (let from = 0; from < rows; from += blockRows) {
        const size = Math.min(blockRows, rows - from);
        fill(columns, from, from + size);
        for (let t = 0; t < count; t++)
          for (let i = 0; i < size; i++) out[(from + i) * count + t] = walk(t, block, i * width);
      }
      return out;
    },
  };
}

function checkColumns(ensemble: TreeEnsemble, columns: readonly Column[], rows: number): void {
  ensemble.features.forEach(({ name }, f) => {
    const found = columns[f]?.length ?? 0;
    if (found < rows)
      throw new AppError({
        code: 'columns-mismatch',
        message: `Column ${name} has ${found} values, expected ${rows}: the model needs ${ensemble.features.length} columns.`,
        hint: 'Give the columns the model was trained on, in their order.',
        place: { column: name },
      });
  });
}
