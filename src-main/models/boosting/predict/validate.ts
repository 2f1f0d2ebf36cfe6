/**
 * @file Checks of a {@link TreeEnsemble} that did not come out of our own training: a saved model or one of another
 * library. After them every reader may walk the trees without checks of its own: it stays inside the arrays, ends, and
 * meets no NaN.
 */
import { invalidModel } from '../../codec.ts';
import { nodeFlag } from '../ensemble.ts';
import type { DerivedColumn, NodeTrees, StatisticTable, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';

/** Deeper trees are refused: readers that recurse must not run out of stack. */
export const maxDepth = 2000;
/** CatBoost stops at 16; the number of leaves doubles with each level. */
const maxSymmetricDepth = 24;

const allFlags = nodeFlag.defaultLeft | nodeFlag.category | nodeFlag.missingNone | nodeFlag.missingZero;

/**
 * @param name how messages call the model
 * @throws AppError `model-invalid` that names the first field that does not fit
 */
export function validateEnsemble(ensemble: TreeEnsemble, name = 'ensemble'): void {
  const check = checks(name);
  const { features, derived, tables, outputs, leafWidth, trees } = ensemble;
  check.whole('outputs', outputs, 1, 100_000);
  if (leafWidth !== 1 && leafWidth !== outputs)
    check.fail('leafWidth', `found ${leafWidth}, expected 1 or ${outputs}, the number of outputs`);
  check.length('base', ensemble.base, outputs);
  check.finite('base', ensemble.base);
  if (!Number.isFinite(ensemble.scale)) check.fail('scale', `found ${ensemble.scale}, expected a number`);
  tables.forEach((table, t) => checkTable(check, table, `tables.${t}`));
  derived.forEach((column, d) => checkDerived(check, column, features.length, tables, `derived.${d}`));
  if (ensemble.missingAs !== null) check.length('missingAs', ensemble.missingAs, features.length);
  if (ensemble.levels !== null) check.length('levels', ensemble.levels, outputs);

  const count = trees.start.length - 1;
  if (count < 0) check.fail('trees.start', 'it is empty');
  check.whole('treesPerRound', ensemble.treesPerRound, 1, Number.MAX_SAFE_INTEGER);
  if (count % ensemble.treesPerRound !== 0)
    check.fail('treesPerRound', `${count} trees do not fill rounds of ${ensemble.treesPerRound}`);
  check.length('treeOutput', ensemble.treeOutput, count);
  const lastOutput = leafWidth === 1 ? outputs - 1 : 0;
  ensemble.treeOutput.forEach((output, t) => check.whole(`treeOutput.${t}`, output, 0, lastOutput));

  const columns = features.length + derived.length;
  if (trees.shape === 'nodes') checkNodes(check, trees, columns, features.length, leafWidth);
  else checkSymmetric(check, trees, columns, features.length, leafWidth);
}

type Checks = ReturnType<typeof checks>;

function checks(name: string) {
  const fail = (field: string, what: string): never => {
    throw invalidModel(`${name}.${field}: ${what}`);
  };
  return {
    fail,
    length(field: string, values: { readonly length: number }, expected: number): void {
      if (values.length !== expected) fail(field, `${values.length} values, expected ${expected}`);
    },
    whole(field: string, value: number, from: number, to: number): void {
      if (!Number.isInteger(value) || value < from || value > to)
        fail(field, `found ${value}, expected a whole number from ${from} to ${to}`);
    },
    finite(field: string, values: Float64Array): void {
      const at = values.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) fail(`${field}.${at}`, `found ${values[at]}, expected a number`);
    },
    /** Where parts of `total` items begin: from 0, not falling, up to `total`. */
    starts(field: string, start: Int32Array, total: number, least: number): void {
      if (start[0] !== 0) fail(`${field}.0`, `found ${start[0]}, expected 0`);
      for (let i = 1; i < start.length; i++)
        if (start[i] < start[i - 1] + least)
          fail(`${field}.${i}`, `found ${start[i]}, expected at least ${start[i - 1] + least}`);
      if (start[start.length - 1] !== total)
        fail(`${field}.${start.length - 1}`, `found ${start[start.length - 1]}, expected ${total}`);
    },
  };
}

function checkTable(check: Checks, table: StatisticTable, field: string): void {
  check.whole(`${field}.classes`, table.classes, 1, 100_000);
  check.length(`${field}.counts`, table.counts, table.hashes.length * table.classes);
  check.finite(`${field}.counts`, table.counts);
  if (!Number.isFinite(table.total)) check.fail(`${field}.total`, `found ${table.total}, expected a number`);
}

function checkDerived(
  check: Checks,
  column: DerivedColumn,
  inputs: number,
  tables: readonly StatisticTable[],
  field: string,
): void {
  const input = (key: string, value: number) => check.whole(`${field}.${key}`, value, 0, inputs - 1);
  column.columns.forEach((value, i) => {
    input(`columns.${i}`, value);
    if (i > 0 && value <= column.columns[i - 1])
      check.fail(`${field}.columns.${i}`, 'they are not ascending');
  });
  column.binary.forEach((split, i) => {
    input(`binary.${i}.column`, split.column);
    if (!Number.isFinite(split.border)) check.fail(`${field}.binary.${i}.border`, 'it is not a number');
  });
  column.equal.forEach((split, i) => {
    input(`equal.${i}.column`, split.column);
    check.whole(`${field}.equal.${i}.code`, split.code, -1, 2 ** 31);
  });
  if (column.columns.length + column.binary.length + column.equal.length === 0)
    check.fail(`${field}.columns`, 'the combination is empty');
  check.whole(`${field}.table`, column.table, 0, tables.length - 1);
  check.whole(`${field}.targetBorder`, column.targetBorder, 0, tables[column.table].classes - 1);
  const { prior, shift, scale } = column;
  const numbers = [prior.numerator, prior.denominator, shift, scale];
  if (!numbers.every(Number.isFinite)) check.fail(field, 'prior, shift and scale must be numbers');
}

function checkNodes(check: Checks, trees: NodeTrees, columns: number, inputs: number, width: number): void {
  const { start, feature, threshold, left, right, flags, setStart, setBits } = trees;
  const nodes = feature.length;
  check.starts('trees.start', start, nodes, 1);
  for (const key of ['threshold', 'left', 'right', 'flags', 'gain', 'cover', 'count'] as const)
    check.length(`trees.${key}`, trees[key], nodes);
  check.length('trees.value', trees.value, nodes * width);
  for (const key of ['value', 'threshold', 'gain', 'cover', 'count'] as const)
    check.finite(`trees.${key}`, trees[key]);
  if (setStart.length > 0) check.starts('trees.setStart', setStart, setBits.length, 0);
  else check.length('trees.setBits', setBits, 0);
  const sets = Math.max(0, setStart.length - 1);

  const depth = new Int32Array(nodes); // of nodes that have a parent; 0 also for those not met yet
  for (let t = 0; t + 1 < start.length; t++) {
    const size = start[t + 1] - start[t];
    for (let node = 0; node < size; node++) {
      const at = start[t] + node;
      if (node > 0 && depth[at] === 0) check.fail(`trees.left.${at}`, 'a node that no other node leads to');
      const f = feature[at];
      check.whole(`trees.feature.${at}`, f, -1, columns - 1);
      if ((flags[at] & ~allFlags) !== 0) check.fail(`trees.flags.${at}`, `found ${flags[at]}, unknown bits`);
      if (f < 0) {
        if (left[at] !== 0 || right[at] !== 0) check.fail(`trees.left.${at}`, 'a leaf has children');
        continue;
      }
      if ((flags[at] & nodeFlag.category) !== 0) {
        if (f >= inputs)
          check.fail(`trees.feature.${at}`, 'a set of categories cannot split a derived column');
        check.whole(`trees.threshold.${at}`, threshold[at], 0, sets - 1);
      }
      if (depth[at] >= maxDepth) check.fail(`trees.left.${at}`, `the tree is deeper than ${maxDepth}`);
      for (const [key, child] of [
        ['left', left[at]],
        ['right', right[at]],
      ] as const) {
        // a child behind its parent: no path can return to where it was
        check.whole(`trees.${key}.${at}`, child, node + 1, size - 1);
        if (depth[start[t] + child] !== 0) check.fail(`trees.${key}.${at}`, 'a node with two parents');
        depth[start[t] + child] = depth[at] + 1;
      }
    }
  }
}

function checkSymmetric(
  check: Checks,
  trees: SymmetricTrees,
  columns: number,
  inputs: number,
  width: number,
): void {
  const { start, feature, border, equal, leafStart, value, weight, gain } = trees;
  const questions = feature.length;
  const leaves = weight.length;
  check.starts('trees.start', start, questions, 0);
  check.length('trees.border', border, questions);
  check.length('trees.equal', equal, questions);
  check.length('trees.gain', gain, questions);
  check.length('trees.leafStart', leafStart, start.length);
  check.starts('trees.leafStart', leafStart, leaves, 1);
  check.length('trees.value', value, leaves * width);
  for (const key of ['border', 'value', 'weight', 'gain'] as const) check.finite(`trees.${key}`, trees[key]);
  for (let t = 0; t + 1 < start.length; t++) {
    const depth = start[t + 1] - start[t];
    if (depth > maxSymmetricDepth)
      check.fail(`trees.start.${t + 1}`, `a tree of ${depth} levels, at most ${maxSymmetricDepth}`);
    if (leafStart[t + 1] - leafStart[t] !== 2 ** depth)
      check.fail(
        `trees.leafStart.${t + 1}`,
        `${leafStart[t + 1] - leafStart[t]} leaves, expected ${2 ** depth}`,
      );
  }
  for (let q = 0; q < questions; q++) {
    check.whole(`trees.equal.${q}`, equal[q], 0, 1);
    check.whole(`trees.feature.${q}`, feature[q], 0, (equal[q] === 1 ? inputs : columns) - 1);
  }
}
