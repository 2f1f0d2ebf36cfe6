/**
 * @file The stored table of an import. Most files are well-ordered and lose nothing to repairs: their table is known once
 * they are read, so a second thread writes it while this one analyses. Where the analysis changes columns, what is written
 * is given up, and written again with the columns that stayed.
 */
import { tidyLevels } from '../data/analysis/tidy-levels.ts';
import { INLINE_BYTES } from '../data/import/hash.ts';
import type { RawTable } from '../data/import/raw-table.ts';
import { writeBeside } from '../data/import/second-thread.ts';
import type { ParquetColumn, Written } from '../data/parquet/write.ts';
import { tableColumns, writeTable } from '../data/table-store.ts';
import type { StoredFrame } from '../data/table-store.ts';
import { stepRuns } from '../data/time/step-runs.ts';

export interface TableWriter {
  /** @throws AppError as {@link writeTable} */
  finish(frames: readonly StoredFrame[]): Promise<Written>;
  /** Nothing writes to the file any more when it is done. */
  abandon(): Promise<void>;
}

/** @param file where the table goes */
export function beginTable(raw: RawTable, file: string): TableWriter {
  if (raw.bytes <= INLINE_BYTES)
    return {
      finish: (frames) => Promise.resolve().then(() => writeTable(frames, file)),
      abandon: () => Promise.resolve(),
    };
  const expected = expectedColumns(raw);
  const ahead = expected === null ? null : writeBeside(expected, file);
  ahead?.done.catch(() => undefined); // awaited later
  const abandon = async (): Promise<void> => {
    ahead?.stop();
    await ahead?.done.catch(() => undefined);
  };
  return {
    abandon,
    async finish(frames) {
      const columns = tableColumns(frames);
      if (expected === null || !areSame(expected, columns)) await abandon();
      else {
        const written = await ahead!.done;
        if (written !== null) return written;
      }
      return (await writeBeside(columns, file).done)!;
    },
  };
}

/** The table, if the analysis finds nothing to change; null where it is sure to. */
function expectedColumns(raw: RawTable): readonly ParquetColumn[] | null {
  const { time, series, columns, questions } = raw;
  if (series !== null || columns.length === 0 || questions.some((question) => question.blocking)) return null;
  const { broken, least } = stepRuns(time);
  if (broken || !(least > 0)) return null;
  const frame = { time, resolutionMs: 1, timezone: 'UTC', columns: columns.map(tidyLevels) };
  try {
    return tableColumns([{ series: null, frame }]);
  } catch {
    return null; // what is wrong with it is said when it is stored
  }
}

function areSame(one: readonly ParquetColumn[], other: readonly ParquetColumn[]): boolean {
  return (
    one.length === other.length &&
    one.every((column, i) => {
      const twin = other[i];
      if (column.name !== twin.name) return false;
      if (column.type === 'text')
        return twin.type === 'text' && column.codes === twin.codes && sameTexts(column.levels, twin.levels);
      return column.type === twin.type && column.values === twin.values;
    })
  );
}

const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  one === other || (one.length === other.length && one.every((text, i) => text === other[i]));
