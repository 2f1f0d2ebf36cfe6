/** @file What could not be read, with the line it stands on. */
import type { Warning } from '../../../src-preload/contract/index.ts';
import type { Column } from '../frame.ts';
import type { Store, Unread } from './columns.ts';
import type { Scanner } from './scanner.ts';

const many = (count: number, one: string, more: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

export function raggedWarning(scanner: Scanner, rows: number): Warning[] {
  const inside = scanner.ragged.filter((row) => row < rows);
  const count = scanner.raggedCount - (scanner.ragged.length - inside.length);
  if (count <= 0) return [];
  const line = scanner.lineOf(inside[0] ?? 0);
  return [
    {
      code: 'ragged-rows',
      message: `${many(count, 'row has', 'rows have')} too few or too many cells, first in line ${line}. Absent cells were read as missing, surplus ones left out.`,
      hint: 'A delimiter inside an unquoted text, or a line cut in the middle, has this effect.',
      rows: count,
      details: { line },
    },
  ];
}

/** Cells of a number column that are no number and no word for "missing". */
export function columnWarnings(store: Store, column: Column, scanner: Scanner, rows: number): Warning[] {
  if (column.type !== 'number') return [];
  const found = within(store.unread, rows);
  if (found.count === 0) return [];
  const line = scanner.lineOf(found.first);
  return [
    {
      code: 'unreadable-numbers',
      message: `${many(found.count, 'cell', 'cells')} of '${column.name}' ${found.count === 1 ? 'is' : 'are'} no number, first '${store.unread.texts[0]}' in line ${line}. They were read as missing.`,
      column: column.name,
      rows: found.count,
      details: { line, example: store.unread.texts[0] },
    },
  ];
}

export function timeWarning(names: string, unread: Unread, scanner: Scanner, rows: number): Warning[] {
  const found = within(unread, rows);
  if (found.count === 0) return [];
  const line = scanner.lineOf(found.first);
  const text = unread.texts[0];
  return [
    {
      code: 'unreadable-timestamps',
      message: `${many(found.count, 'row has', 'rows have')} no readable time in ${names}, first ${text === '' ? 'an empty cell' : `'${text}'`} in line ${line}.`,
      hint: 'These rows cannot be placed in time and take no part.',
      rows: found.count,
      details: { line, example: text },
    },
  ];
}

function within(unread: Unread, rows: number): { count: number; first: number } {
  let beyond = 0;
  for (let i = unread.last.length - 1; i >= 0 && unread.last[i].row >= rows; i--) beyond++;
  return { count: unread.count - beyond, first: unread.rows[0] ?? 0 };
}
