/** @file A scanned column as the frame knows it: categories trimmed, missing words told from levels, digits told from text. */
import { codeCounts } from '../column-figures.ts';
import type { CategoryColumn, Column, NumberColumn } from '../frame.ts';
import { isMissing, isMissingNumber, parseNumber, unwrap } from './cells.ts';
import type { Decimal } from './cells.ts';
import type { Store } from './columns.ts';
import { ENOUGH } from './plan.ts';

export const numberOf = (store: Store, name: string, unit: string | null, rows: number): NumberColumn => ({
  name,
  type: 'number',
  unit,
  values: store.numbers.subarray(0, rows),
});

/** Levels in order of first appearance. Digits that only later rows showed to be a column of numbers become numbers. */
export function categoryOf(
  store: Store,
  name: string,
  unit: string | null,
  rows: number,
  decode: (bytes: Uint8Array) => string,
  decimal: Decimal,
): Column {
  const texts = store.dictionary.levels.map((bytes) => unwrap(decode(bytes)));
  const numbers = texts.map((text) => parseNumber(text, decimal));
  if (numbers.every(Number.isNaN)) return asCategory(store, name, rows, texts);
  const counts = new Uint32Array(texts.length + 1);
  for (let i = 0; i < rows; i++) counts[store.codes[i] + 1]++;
  let filled = 0;
  let numeric = 0;
  texts.forEach((text, code) => {
    if (isMissingNumber(text)) return;
    filled += counts[code + 1];
    if (!Number.isNaN(numbers[code])) numeric += counts[code + 1];
  });
  if (filled > 0 && numeric >= ENOUGH * filled) return asNumbers(store, name, unit, rows, texts, numbers);
  return asCategory(store, name, rows, texts);
}

function asNumbers(
  store: Store,
  name: string,
  unit: string | null,
  rows: number,
  texts: readonly string[],
  numbers: readonly number[],
): NumberColumn {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const code = store.codes[row];
    values[row] = code < 0 ? NaN : numbers[code];
    if (code >= 0 && Number.isNaN(numbers[code]) && !isMissingNumber(texts[code]))
      store.unread.add(row, texts[code]);
  }
  return { name, type: 'number', unit, values };
}

function asCategory(store: Store, name: string, rows: number, texts: readonly string[]): CategoryColumn {
  const index = new Map<string, number>();
  // footers and repeated headers leave words behind that no row uses
  const codes = store.codes.subarray(0, rows);
  const { rows: used } = codeCounts(codes, texts.length);
  const map = Int32Array.from(texts, (text, code) => {
    if (used[code] === 0 || isMissing(text)) return -1;
    const known = index.get(text);
    if (known !== undefined) return known;
    index.set(text, index.size);
    return index.size - 1;
  });
  if (map.every((code, i) => code === i)) return { name, type: 'category', levels: texts, codes };
  const recoded = new Int32Array(rows);
  for (let row = 0; row < rows; row++) recoded[row] = codes[row] < 0 ? -1 : map[codes[row]];
  return { name, type: 'category', levels: [...index.keys()], codes: recoded };
}
