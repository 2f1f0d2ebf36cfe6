/** @file Which column names the series, from what the user says or from the data. */
import { AppError } from '../../../src-preload/contract/index.ts';
import type { ImportOptions, ImportQuestion } from '../../../src-preload/contract/index.ts';
import type { CategoryColumn, Column } from '../frame.ts';
import { detectLongForm, namedSeries } from './long-form.ts';
import { findName } from './plan.ts';
import { seriesQuestion } from './questions.ts';

/** @returns the series and the columns it was made of; null for a file of one series */
export function findSeries(
  time: Float64Array,
  columns: readonly Column[],
  options: ImportOptions,
  file: string,
  questions: ImportQuestion[],
): { column: CategoryColumn; names: readonly string[] } | null {
  if (options.series !== undefined) {
    const column =
      columns[
        findName(
          columns.map((entry) => entry.name),
          options.series,
          file,
          'series',
        )
      ];
    const series = namedSeries(column);
    if (series) return { column: series, names: [column.name] };
    throw new AppError({
      code: 'no-series-column',
      message: `Column '${column.name}' of ${file} does not divide the rows into series: it holds one value, or a measured quantity.`,
      place: { file, column: column.name, key: 'series' },
    });
  }
  if (options.layout === 'plain') return null;
  const found = detectLongForm(time, columns);
  if (!found) return null;
  if (found.alternatives.length > 0)
    questions.push(seriesQuestion([found.series.name, ...found.alternatives]));
  return { column: found.series, names: found.columns };
}
