/**
 * @file A load-like regression table for benchmarks: calendar columns of few values, weather, lagged load and columns that say
 * nothing, in 32 bits so that every library sees the same numbers.
 */
import { randomSource } from '../../src-main/data/sample/random.ts';

export interface BoostingTable {
  readonly rows: number;
  /** shape (columns) x (rows) */
  readonly columns: readonly Float32Array[];
  readonly target: Float32Array;
}

/** @param columns at least 8 */
export function boostingTable(rows: number, columns: number, seed: number): BoostingTable {
  const random = randomSource(seed);
  const normal = (): number => {
    let sum = 0;
    for (let i = 0; i < 4; i++) sum += random();
    return (sum - 2) * Math.sqrt(3);
  };
  const out = Array.from({ length: columns }, () => new Float32Array(rows));
  const target = new Float32Array(rows);
  let drift = 0;
  for (let i = 0; i < rows; i++) {
    const slot = Math.floor(random() * 96);
    const day = Math.floor(random() * 7);
    const month = Math.floor(random() * 12);
    const temperature = 12 - 9 * Math.cos((month / 12) * 2 * Math.PI) + 4 * normal();
    const work = day < 5 && slot > 28 && slot < 76 ? 1 : 0;
    drift = 0.95 * drift + normal();
    const heating = Math.max(0, 15 - temperature) * (1 + 0.5 * work);
    const load = 40 + 60 * work * Math.sin(((slot - 28) / 48) * Math.PI) ** 2 + 1.6 * heating + 2 * drift;
    const known = [
      slot,
      day,
      month,
      temperature,
      load + 8 * normal(),
      load + 12 * normal(),
      drift + normal(),
      work,
    ];
    for (let c = 0; c < columns; c++) out[c][i] = c < known.length ? known[c] : normal();
    target[i] = load + 0.8 * out[columns - 1][i] * work + 4 * normal();
  }
  return { rows, columns: out, target };
}

export const rowMajor = ({ rows, columns }: BoostingTable): Float32Array => {
  const all = new Float32Array(rows * columns.length);
  columns.forEach((column, c) => {
    for (let i = 0; i < rows; i++) all[i * columns.length + c] = column[i];
  });
  return all;
};
