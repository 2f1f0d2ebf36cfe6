/** @file What one analysis gathers on its way: repairs, warnings, questions. */
import type { ImportOptions, ImportQuestion, Warning } from '../../../src-preload/contract/index.ts';
import type { RawTable } from '../import/raw-table.ts';
import type { RepairLog } from './repair-log.ts';

export interface AnalysisContext {
  readonly raw: RawTable;
  readonly options: ImportOptions;
  readonly log: RepairLog;
  readonly warnings: Warning[];
  readonly questions: ImportQuestion[];
}

/** Adds a warning once per code and column: parsing may have said it already. */
export function warn(context: AnalysisContext, warning: Warning): void {
  const known = context.warnings.some(
    (other) => other.code === warning.code && other.column === warning.column,
  );
  if (!known) context.warnings.push(warning);
}
