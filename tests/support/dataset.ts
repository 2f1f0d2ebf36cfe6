/** @file A dataset version with every field, for tests that need one to hang runs on. */
import { plainFormat } from '../../src-main/data/analysis/raw-fixture.ts';
import type { ColumnInfo, DatasetVersion, Profile } from '../../src-preload/contract/index.ts';
import type { Frame } from '../../src-main/data/frame.ts';

export function columnOf(name: string, more: Partial<ColumnInfo> = {}): ColumnInfo {
  return {
    name,
    kind: 'load',
    type: 'number',
    unit: 'kWh',
    missing: 0,
    distinct: 100,
    min: 0,
    max: 100,
    mean: 40,
    std: 10,
    knownAhead: false,
    leakage: null,
    ...more,
  };
}

export function datasetOf(frame: Frame, more: Partial<DatasetVersion> = {}): DatasetVersion {
  return {
    dataset: 'plant',
    version: 1,
    contentHash: 'c0ffee'.padEnd(64, '0'),
    importedAt: 0,
    source: { file: '/data/plant.csv', bytes: 12_345, sha256: 'beef'.padEnd(64, '0') },
    format: plainFormat,
    rows: frame.time.length,
    columns: [columnOf('load')],
    series: [],
    target: 'load',
    frequency: 'PT1H',
    timezone: frame.timezone,
    stamps: 'beginning',
    start: frame.time[0],
    end: frame.time[frame.time.length - 1],
    repairs: [],
    warnings: [],
    ...more,
  };
}

export function profileOf(frame: Frame): Profile {
  return {
    rows: frame.time.length,
    start: frame.time[0],
    end: frame.time[frame.time.length - 1],
    expectedRows: frame.time.length,
    gaps: [],
    gapSteps: 0,
    duplicates: 0,
    columns: [
      {
        name: 'load',
        missing: 0,
        zeros: 0,
        outliers: 0,
        quantiles: [1, 2, 3, 4, 5],
        histogram: null,
        topCategories: [],
        dailyShape: Array.from({ length: 24 }, (_, i) => i),
        weeklyShape: Array.from({ length: 168 }, (_, i) => i % 24),
      },
    ],
  };
}
