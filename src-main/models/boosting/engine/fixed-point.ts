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

/** Size of derivatives over the rows that take part. */
export interface Figures {
  readonly maxG: number;
  readonly sumG: number;
  readonly maxH: number;
  readonly sumH: number;
  /** sum of the squares of the gradients */
  readonly squares: number;
}

/** Where figures of chunks of rows go; the list of rows, their count and `pWide` are set. */
export interface Chunks {
  readonly rows: number;
  readonly chunkRows: number;
  /** address of the chunks' figures */
  readonly partials: number;
}

/** @throws AppError `gradient-not-finite` */
export function measure(
  { f64 }: SharedMemory,
  threads: Threads,
  parameters: Parameters,
  { rows, chunkRows, partials }: Chunks,
): Figures {
  const chunks = Math.ceil(rows / chunkRows);
  threads.run(at.opMeasure, chunks, rows * (parameters.word(at.pWide) === 0 ? 2 : 3));
  const figures = { maxG: 0, sumG: 0, maxH: 0, sumH: 0, squares: 0 };
  for (let c = 0; c < chunks; c++) {
    const from = (partials + at.partialBytes * c) >> 3;
    figures.maxG = Math.max(figures.maxG, f64[from]);
    figures.sumG += f64[from + 1];
    figures.maxH = Math.max(figures.maxH, f64[from + 2]);
    figures.sumH += f64[from + 3];
    figures.squares += f64[from + 4];
  }
  if (!Number.isFinite(figures.sumG) || !Number.isFinite(figures.sumH))
    throw new AppError({
      code: 'gradient-not-finite',
      message: 'A derivative of the loss is not a finite number, or a second derivative is negative.',
      hint: 'Look for infinite or very large targets or weights; a lower learning rate may help too.',
    });
  return figures;
}

/** Chooses the unit of gradients and second derivatives. */
export function chooseUnits(parameters: Parameters, rows: number, { maxG, sumG, maxH, sumH }: Figures): void {
  const shift = countBits(rows);
  parameters.setWord(at.pShift, shift);
  const gradientBits = scaleBits(maxG, sumG, shift);
  const hessianBits = scaleBits(maxH, sumH, shift);
  parameters.setFloat(at.fGradientScale, 2 ** gradientBits);
  parameters.setFloat(at.fGradientUnit, 2 ** -gradientBits);
  parameters.setFloat(at.fHessianScale, 2 ** hessianBits);
  parameters.setFloat(at.fHessianUnit, parameters.word(at.pWide) === 0 ? 1 : 2 ** -hessianBits);
}

/** Rounds the derivatives to the units chosen, into where `pQuantised` points. */
export function quantise(threads: Threads, { rows, chunkRows }: Chunks): void {
  threads.run(at.opQuantise, Math.ceil(rows / chunkRows), rows * 3);
}
