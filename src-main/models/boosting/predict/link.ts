/** @file From raw scores to what is predicted. */
import type { Link } from '../ensemble.ts';

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Applies `link` in place; `raw` has one array of shape (rows) per output. */
export function applyLink(link: Link, raw: readonly Float64Array[]): void {
  if (link === 'identity') return;
  if (link === 'softmax') {
    const row = new Float64Array(raw.length);
    for (let i = 0; i < (raw[0]?.length ?? 0); i++) {
      for (let k = 0; k < row.length; k++) row[k] = raw[k][i];
      softmax(row);
      for (let k = 0; k < row.length; k++) raw[k][i] = row[k];
    }
    return;
  }
  const apply = link === 'exp' ? Math.exp : logistic;
  for (const values of raw) for (let i = 0; i < values.length; i++) values[i] = apply(values[i]);
}

/** The same for the outputs of one row, shape (outputs). */
export function applyLinkToRow(link: Link, row: Float64Array): void {
  if (link === 'softmax') softmax(row);
  else if (link === 'exp') for (let k = 0; k < row.length; k++) row[k] = Math.exp(row[k]);
  else if (link === 'logistic') for (let k = 0; k < row.length; k++) row[k] = logistic(row[k]);
}

function softmax(row: Float64Array): void {
  let largest = -Infinity;
  for (const x of row) if (x > largest) largest = x;
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k] = Math.exp(row[k] - largest);
  for (let k = 0; k < row.length; k++) row[k] /= sum;
}
