/** @file Draws tokens from a language model's scores, from a seed: what is left out and how the rest counts is as in transformers. */
import type { Random } from '../random.ts';
import type { Draw } from './config.ts';

/**
 * @param logits scores of the tokens; changed where `never` is
 * @param never a token that is never drawn
 * @returns the number of a token
 */
export function drawToken(
  logits: Float32Array,
  never: number,
  { temperature, topK, topP }: Omit<Draw, 'samples'>,
  random: Random,
): number {
  logits[never] = -Infinity;
  const least = topK > 0 && topK < logits.length ? kthLargest(logits, topK) : -Infinity;
  const chosen: number[] = [];
  let highest = -Infinity;
  for (let i = 0; i < logits.length; i++) {
    if (!(logits[i] >= least) || i === never) continue;
    chosen.push(i);
    if (logits[i] > highest) highest = logits[i];
  }
  const weight = (i: number): number => Math.exp((logits[i] - highest) / temperature);
  const kept = topP < 1 ? likeliest(chosen, weight, topP) : chosen;
  const sums: number[] = [];
  let total = 0;
  for (const i of kept) sums.push((total += weight(i)));
  const at = random.next() * total;
  return kept[
    Math.max(
      0,
      sums.findIndex((sum) => sum > at),
    )
  ];
}

/** The fewest of the likeliest that together have at least this share. */
function likeliest(tokens: readonly number[], weight: (i: number) => number, share: number): number[] {
  const order = tokens.toSorted((a, b) => weight(b) - weight(a) || a - b);
  const total = order.reduce((sum, i) => sum + weight(i), 0);
  let sum = 0;
  const count = order.findIndex((i) => (sum += weight(i)) >= share * total);
  return order.slice(0, count < 0 ? order.length : count + 1);
}

/** Hoare's selection, on a copy. */
function kthLargest(values: Float32Array, k: number): number {
  const a = Float32Array.from(values);
  const at = a.length - k;
  let low = 0;
  let high = a.length - 1;
  while (low < high) {
    const pivot = a[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        const kept = a[i];
        a[i++] = a[j];
        a[j--] = kept;
      }
    }
    if (at <= j) high = j;
    else if (at >= i) low = i;
    else break;
  }
  return a[at];
}
