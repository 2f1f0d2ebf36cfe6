/** @file What a preview says of the file itself, whatever the analysis finds. */
import type { ColumnInfo } from '../../../src-preload/contract/index.ts';
import type { AnalysisContext } from './context.ts';
import { countTimeless } from '../time/step-runs.ts';

/** The part of a preview that does not hang on the repaired table. */
export function common(context: AnalysisContext) {
  const { raw } = context;
  return {
    file: raw.file,
    bytes: raw.bytes,
    format: raw.format,
    series: raw.series === null ? [] : [...raw.series.levels].sort(),
    questions: context.questions,
    repairs: context.log.repairs,
    warnings: context.warnings,
    sample: raw.sample.map((row) => [...row]),
    sampleHeader: [...raw.sampleHeader],
  };
}

/** The stamp and series columns, which are no columns of the frame. */
export function ownColumns({ raw }: AnalysisContext): ColumnInfo[] {
  const none = { unit: null, min: null, max: null, mean: null, std: null, leakage: null };
  const missing = countTimeless(raw.time);
  const stamps = raw.timestampColumns.map((name): ColumnInfo => ({
    ...none,
    name,
    kind: 'timestamp',
    type: 'timestamp',
    missing,
    distinct: null,
    knownAhead: true,
  }));
  if (raw.series === null) return stamps;
  const lost = raw.series.codes.reduce((sum, code) => sum + (code < 0 ? 1 : 0), 0);
  const distinct = raw.series.levels.length;
  return [
    ...stamps,
    {
      ...none,
      name: raw.series.name,
      kind: 'series',
      type: 'text',
      missing: lost,
      distinct,
      knownAhead: true,
    },
  ];
}
