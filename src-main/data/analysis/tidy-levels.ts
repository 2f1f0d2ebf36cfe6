/** @file Categories as they are stored. */
import { codeCounts } from '../column-figures.ts';
import type { CategoryColumn, Column } from '../frame.ts';

const known = new WeakMap<Int32Array, { readonly from: CategoryColumn; readonly tidy: CategoryColumn }>();

/**
 * Levels in code-unit order without those no row has: the same content then has the same bytes, whatever the file's order.
 * @returns the same codes, as the same array, when asked again for the same column
 */
export function tidyLevels(column: Column): Column {
  if (column.type === 'number') return column;
  const before = known.get(column.codes);
  if (before !== undefined && before.from.levels === column.levels)
    return { ...before.tidy, name: column.name };
  const tidy = tidied(column);
  known.set(column.codes, { from: column, tidy });
  return tidy;
}

function tidied(column: CategoryColumn): CategoryColumn {
  const { rows } = codeCounts(column.codes, column.levels.length);
  const levels = column.levels.filter((_, code) => rows[code] > 0).sort();
  if (levels.length === column.levels.length && levels.every((level, code) => level === column.levels[code]))
    return column;
  const place = new Map(levels.map((level, index) => [level, index]));
  // the first entry is for missing ones
  const recode = Int32Array.from([-1, ...column.levels.map((level) => place.get(level) ?? -1)]);
  const codes = new Int32Array(new SharedArrayBuffer(4 * column.codes.length));
  for (let row = 0; row < codes.length; row++) codes[row] = recode[column.codes[row] + 1];
  return { ...column, levels, codes };
}
