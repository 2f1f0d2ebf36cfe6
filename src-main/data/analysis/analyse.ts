/**
 * @file From a raw table to everything a preview shows and to repaired frames: time axis, readings, kinds, leakage,
 * profile. Pure: takes data, returns data; repairs are proposed with figures and carried out as the options say.
 */
import type { ColumnInfo, ImportOptions } from '../../../src-preload/contract/index.ts';
import type { Column } from '../frame.ts';
import type { RawTable } from '../import/raw-table.ts';
import type { CalendarPlaces } from './calendar.ts';
import { warn } from './context.ts';
import type { AnalysisContext } from './context.ts';
import { columnInfo } from './kinds.ts';
import { describe, factOf } from './describe.ts';
import { common, ownColumns } from './file-facts.ts';
import { count, thousands } from './numbers.ts';
import { isCategory, splitParts } from './parts.ts';
import { createRepairLog } from './repair-log.ts';
import { findSpellings } from './spelling.ts';
import { buildTimeAxis } from './time-axis.ts';
import type { Analysis } from './types.ts';

export type { Analysis, SeriesFrame } from './types.ts';

/**
 * @param raw rows in file order
 * @param options answers to questions; `repairs` says which proposals are carried out
 * @param progress 0..1 and what is being done
 * @returns `frames` is empty while a blocking question is open, when no row has a stamp, or without a common step
 * @throws AppError `unknown-target`, `unsuitable-target`, `unknown-timezone`
 */
export function analyse(
  raw: RawTable,
  options: ImportOptions,
  progress: (fraction: number, message: string) => void,
): Analysis {
  const context: AnalysisContext = {
    raw,
    options,
    log: createRepairLog(options.repairs),
    warnings: [...raw.warnings],
    questions: [...raw.questions],
  };
  const columns = repairSpelling(raw.columns, context);
  const { parts, unreadable } = splitParts({ ...raw, columns });
  reportUnreadable(unreadable, raw.time.length, context);
  const blocked = raw.questions.some((question) => question.blocking);
  if (blocked || parts.length === 0 || parts.every((part) => part.time.length === 0))
    return unfinished(context);
  progress(0.05, 'Looking at the time axis');
  const axis = buildTimeAxis(parts, context);
  progress(0.3, 'Looking for holes and meter totals');
  return describe(parts, axis, context, progress);
}

function repairSpelling(columns: readonly Column[], context: AnalysisContext): readonly Column[] {
  return columns.map((column) => {
    const found = isCategory(column) ? findSpellings(column) : null;
    if (found === null || column.type !== 'category') return column;
    const groups = Object.entries(found.merged)
      .slice(0, 3)
      .map(([spelling, others]) => `${others.map((other) => `'${other}'`).join(', ')} → '${spelling}'`);
    const applied = context.log.propose({
      code: 'category-spelling',
      title: `Several spellings in ${column.name}`,
      message: `${count(found.rows, 'row')} of ${column.name} differ from another category only in spaces or case: ${groups.join('; ')}. The repair uses the most frequent spelling.`,
      rows: found.rows,
      recommended: true,
      column: column.name,
      effect: { figure: 'categories', before: column.levels.length, after: found.fixed.levels.length },
      details: { merged: found.merged },
    });
    return applied ? found.fixed : column;
  });
}

function reportUnreadable(unreadable: number, rows: number, context: AnalysisContext): void {
  if (unreadable === 0) return;
  // Parsing has named their lines already; this is for tables that came another way.
  warn(context, {
    code: 'unreadable-timestamps',
    message: `${count(unreadable, 'row')} of ${thousands(rows)} have no readable stamp and are left out.`,
    rows: unreadable,
  });
}

/** What can be said before the questions are answered. */
function unfinished(context: AnalysisContext): Analysis {
  const { raw } = context;
  const places: CalendarPlaces = {
    slotsPerDay: 1,
    weekSlot: new Int32Array(raw.time.length),
  };
  const columns = raw.columns.map((column): ColumnInfo => {
    const fact = factOf(
      column,
      column.type === 'number' ? column.values : column.codes,
      places,
      false,
      false,
    );
    const kind =
      fact.distinct === 0
        ? 'empty'
        : fact.distinct === 1
          ? 'constant'
          : column.type === 'number'
            ? 'covariate'
            : 'category';
    return columnInfo(fact, kind, null);
  });
  return {
    ...common(context),
    rows: raw.time.length,
    columns: [...ownColumns(context), ...columns],
    target: null,
    frequency: null,
    timezone: context.options.timezone ?? null,
    stamps: context.options.stamps ?? 'beginning',
    start: null,
    end: null,
    profile: null,
    frames: [],
  };
}
