/**
 * @file Training examples of a direct forecaster: pairs (origin row, target row) inside the training rows. Each target
 * row comes with a few leads spread over the whole range, so one model learns all leads and every hour of origin.
 */
import { createRandom, sampleIndices } from '../random.ts';

export interface TrainingPairs {
  /** in the order of the target rows, hence of time */
  readonly origin: Int32Array;
  readonly target: Int32Array;
}

export interface PairRequest {
  /** shape (rows); NaN rows are no examples */
  readonly target: Float64Array;
  /** rows 0 .. trainEnd - 1 may be used */
  readonly trainEnd: number;
  /** rows before this one serve as history only */
  readonly warmUp: number;
  readonly minLead: number;
  readonly maxLead: number;
  /** at most so many pairs */
  readonly limit: number;
  readonly seed: number;
}

export function choosePairs(request: PairRequest): TrainingPairs {
  const { target, trainEnd, warmUp, minLead, maxLead, limit, seed } = request;
  const rows: number[] = [];
  for (let row = Math.max(warmUp, minLead); row < trainEnd; row++)
    if (Number.isFinite(target[row])) rows.push(row);
  const chosen =
    rows.length > limit
      ? Array.from(sampleIndices(createRandom(seed, 11), rows.length, limit), (i) => rows[i])
      : rows;
  const leads = maxLead - minLead + 1;
  const perRow = chosen.length === 0 ? 0 : Math.max(1, Math.min(leads, Math.floor(limit / chosen.length)));
  const random = createRandom(seed, 12);
  const origin = new Int32Array(chosen.length * perRow);
  const targetRow = new Int32Array(chosen.length * perRow);
  let n = 0;
  for (const row of chosen)
    for (let j = 0; j < perRow; j++) {
      const from = Math.floor((j * leads) / perRow);
      const to = Math.floor(((j + 1) * leads) / perRow);
      const lead = minLead + from + random.integer(to - from);
      if (row - lead < 0) continue;
      origin[n] = row - lead;
      targetRow[n] = row;
      n++;
    }
  return { origin: origin.slice(0, n), target: targetRow.slice(0, n) };
}
