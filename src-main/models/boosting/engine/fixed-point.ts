/** @file Gradients of a tree as whole numbers: the unit they are rounded to, found from all of them. */
import { AppError } from '../../../../src-preload/contract/index.ts';
import * as at from '../kernels/assembly/layout.ts';
import type { SharedMemory } from './memory.ts';
import type { Parameters } from './parameters.ts';
import type { Threads } from './threads.ts';

/** Bits that hold 0 ... n. */
export const countBits = (n: number): number => Math.max(1, Math.floor(Math.log2(Math.max(1, n))) + 1);

/**
 * The power of two that numbers are multiplied with: as large as leaves each of them in 30 bits, and their sum, shifted by
 * `shift`, in 63.
 */
export function scaleBits(largest: number, sum: number, shift: number): number {
  if (!(largest > 0)) return 0;
  const one = 30 - Math.ceil(Math.log2(largest));
  const all = 62 - shift - Math.ceil(Math.log2(sum));
  return Math.max(-1000, Math.min(1000, one, all));
}

/**
 * Chooses the unit of gradients and second derivatives, and rounds them.
 * @param rows how many take part; the list, the count and `pWide` are set
 * @param partials address of the chunks' figures
 * @returns sum of the squares of the gradients
 * @throws AppError `gradient-not-finite`
 */
export function quantise(
  { f64 }: SharedMemory,
  threads: Threads,
  parameters: Parameters,
  rows: number,
  chunkRows: number,
  partials: number,
): number {
  const wide = parameters.word(at.pWide) !== 0;
  const shift = countBits(rows);
  parameters.setWord(at.pShift, shift);
  const chunks = Math.ceil(rows / chunkRows);
  threads.run(at.opMeasure, chunks, rows * (wide ? 3 : 2));
  let maxG = 0;
  let sumG = 0;
  let maxH = 0;
  let sumH = 0;
  let squares = 0;
  for (let c = 0; c < chunks; c++) {
    const from = (partials + at.partialBytes * c) >> 3;
    maxG = Math.max(maxG, f64[from]);
    sumG += f64[from + 1];
    maxH = Math.max(maxH, f64[from + 2]);
    sumH += f64[from + 3];
    squares += f64[from + 4];
  }
  if (!Number.isFinite(sumG) || !Number.isFinite(sumH))
    throw new AppError({
      code: 'gradient-not-finite',
      message: 'A derivative of the loss is not a finite number, or a second derivative is negative.',
      hint: 'Look for infinite or very large targets or weights; a lower learning rate may help too.',
    });
  const gradientBits = scaleBits(maxG, sumG, shift);
  const hessianBits = scaleBits(maxH, sumH, shift);
  parameters.setFloat(at.fGradientScale, 2 ** gradientBits);
  parameters.setFloat(at.fGradientUnit, 2 ** -gradientBits);
  parameters.setFloat(at.fHessianScale, 2 ** hessianBits);
  parameters.setFloat(at.fHessianUnit, wide ? 2 ** -hessianBits : 1);
  threads.run(at.opQuantise, chunks, rows * 3);
  return squares;
}
