/** @file Lines below the last reading: totals, `End of report`, empty cells of a spreadsheet. */
import { kinds } from './columns.ts';
import { timeColumns } from './plan.ts';
import type { FilePlan } from './plan.ts';
import type { Scanner } from './scanner.ts';
import { UNREADABLE } from './stamp-text.ts';

const MAX_FOOTER = 50;

/**
 * How many rows at the end carry no time. They are footer only if readings stand above them; a file that ends in many
 * unreadable stamps is damaged, not footed, and keeps its rows.
 */
export function footerRows(plan: FilePlan, scanner: Scanner): number {
  if (plan.time.kind === 'none') return 0;
  const store = scanner.stores[timeColumns(plan.time)[0]];
  const { kind } = store.plan;
  const unreadable = (row: number): boolean =>
    kind === kinds.number ? Number.isNaN(store.numbers[row]) : store.keys[row] === UNREADABLE;
  let footer = 0;
  while (footer < scanner.rows && unreadable(scanner.rows - 1 - footer)) footer++;
  if (footer === scanner.rows) return 0;
  if (footer <= MAX_FOOTER) return footer;
  // more than that: only where a spreadsheet left rows with nothing in them
  const texts = store.unread.last.filter((entry) => entry.row >= scanner.rows - footer);
  return texts.every((entry) => entry.text === '') ? footer : 0;
}
