/** @file Raw tables built by hand for tests: no parsing in between. */
import type { FileFormat } from '../../../src-preload/contract/index.ts';
import type { CategoryColumn, Column } from '../frame.ts';
import type { RawTable } from '../import/raw-table.ts';

export const plainFormat: FileFormat = {
  kind: 'csv',
  compression: 'none',
  encoding: 'utf-8',
  delimiter: ',',
  decimal: '.',
  thousands: null,
  preambleLines: 0,
  footerLines: 0,
  header: true,
  unitsRow: false,
  layout: 'plain',
  dateFormat: 'YYYY-MM-DD HH:mm',
};

export function rawTable(
  time: readonly number[] | Float64Array,
  columns: Record<string, readonly (number | string | null)[] | Float64Array>,
  more: Partial<RawTable> = {},
): RawTable {
  return {
    file: 'test.csv',
    bytes: 100,
    format: plainFormat,
    time: Float64Array.from(time),
    absolute: false,
    intervalEnd: null,
    timestampColumns: ['time'],
    series: null,
    columns: Object.entries(columns).map(([name, values]) => column(name, values)),
    questions: [],
    warnings: [],
    sampleHeader: ['time', ...Object.keys(columns)],
    sample: [],
    ...more,
  };
}

export function column(name: string, values: readonly (number | string | null)[] | Float64Array): Column {
  if (values instanceof Float64Array) return { name, type: 'number', unit: null, values };
  if (values.some((value) => typeof value === 'string'))
    return category(name, values as readonly (string | null)[]);
  return {
    name,
    type: 'number',
    unit: null,
    values: Float64Array.from(values, (value) => Number(value ?? NaN)),
  };
}

export function category(name: string, values: readonly (string | null)[]): CategoryColumn {
  const levels = [...new Set(values.filter((value) => value !== null))];
  return {
    name,
    type: 'category',
    levels,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value))),
  };
}

/** `n` stamps from `start` (ISO, no zone), `minutes` apart. */
export const stamps = (start: string, n: number, minutes = 15): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Date.parse(`${start}Z`) + i * minutes * 60_000);

/** Same numbers on every machine and in every run, in [0, 1). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** A plausible load: days, weekends, slow noise; kW, never under 20. */
export function loadOf(time: Float64Array, seed = 1): Float64Array {
  const next = random(seed);
  let drift = 0;
  return time.map((ms) => {
    const day = Math.floor(ms / 86_400_000);
    const hour = (ms % 86_400_000) / 3_600_000;
    const weekend = (day + 3) % 7 >= 5;
    drift = 0.97 * drift + (next() - 0.5);
    const shape = weekend ? 5 : 60 * Math.exp(-((hour - 13) ** 2) / 18);
    return 30 + shape + 2 * drift + next();
  });
}
