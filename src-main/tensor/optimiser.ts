/**
 * @file The steps of adamw.ts on arrays, in place: one pass over the memory, where a graph of single operations takes fifteen and makes new
 * arrays each time. The arrays lie in the memory of a kernel; ONNX Runtime reads weights and writes gradients where they are.
 */
import { availableParallelism } from 'node:os';
import { AppError } from '../../src-preload/contract/index.ts';
import type { AdamWOptions } from './adamw.ts';
import * as layout from './kernel/assembly/layout.ts';
import { Kernel, heapAt, jobAt, mostBytes } from './kernel/kernel.ts';

export interface AdamWArrays {
  readonly weight: Float32Array;
  /** running means of the gradient and of its square */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  /** to be filled before each step; is changed by nothing here */
  readonly gradient: Float32Array;
}

/** A tensor that is moved. */
export interface Moved {
  /** numbers */
  readonly length: number;
  /** whether weight decay pulls it to zero */
  readonly decays: boolean;
}

/** Tensors that share a memory. */
interface Group {
  readonly kernel: Kernel;
  readonly pieces: number;
}

/** By what gradients are multiplied so that their common norm does not exceed `limit`. */
export const clipFactor = (norm: number, limit: number): number => Math.min(limit / (norm + 1e-6), 1);

/** `into` becomes into + share x gradient. */
export function accumulate(into: Float32Array, gradient: Float32Array, share: number): void {
  for (let i = 0; i < into.length; i++) into[i] += share * gradient[i];
}

const lineBytes = 64;
const bytesFor = (length: number): number => Math.ceil((4 * length) / lineBytes) * lineBytes;
/** Numbers that a thread takes at a time: their four arrays pass through its cache. */
const pieceNumbers = 65_536;
/** Numbers from which on a second thread brings more than it costs to wake. */
const worthThreads = 500_000;
/** More threads do not make the memory any faster. */
const mostThreads = 4;

const piecesOf = ({ length }: Moved): number => Math.ceil(length / pieceNumbers);
/** Arrays of one tensor and the descriptions of its pieces. */
const roomFor = (tensor: Moved): number => 4 * bytesFor(tensor.length) + piecesOf(tensor) * layout.pieceBytes;

/** AdamW over several tensors. The result does not depend on threads or on where the arrays lie. */
export class Optimiser {
  /** all zero at first */
  readonly arrays: readonly AdamWArrays[];
  readonly #groups: readonly Group[];
  readonly #threads: number;

  /**
   * @param threads at most so many, the calling one among them
   * @throws RangeError where memory does not suffice, or a tensor has more than 2^28 - 2^20 numbers
   */
  constructor(tensors: readonly Moved[], threads: number = availableParallelism()) {
    // one memory where all fits into it
    const groups: Moved[][] = [];
    let room = 0;
    for (const tensor of tensors) {
      const bytes = roomFor(tensor);
      if (bytes > room) {
        groups.push([]);
        room = mostBytes;
      }
      groups.at(-1)!.push(tensor);
      room -= bytes;
    }
    const laid = groups.map(layOut);
    this.#groups = laid.map(({ group }) => group);
    this.arrays = laid.flatMap(({ arrays }) => arrays);
    const numbers = tensors.reduce((sum, { length }) => sum + length, 0);
    this.#threads = numbers < worthThreads ? 1 : Math.min(threads, mostThreads);
  }

  /** L2 norm of all gradients together, rounded to 32 bits. @throws AppError `optimiser-thread-lost` */
  norm(): number {
    let sum = 0;
    for (const { kernel, pieces } of this.#groups) {
      this.#run(kernel, layout.normOf);
      const made = new DataView(kernel.memory, heapAt);
      for (let i = 0; i < pieces; i++) sum += made.getFloat64(i * layout.pieceBytes + layout.pSum, true);
    }
    return Math.fround(Math.sqrt(sum));
  }

  /**
   * One step of all tensors with their gradients.
   * @param of.factor see {@link clipFactor}
   * @param of.rate learning rate of the step
   * @param of.step counted from 1
   * @throws AppError `optimiser-thread-lost`: some tensors have made the step, others not
   */
  step(
    { factor, rate, step }: { readonly factor: number; readonly rate: number; readonly step: number },
    { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
  ): void {
    const numbers: readonly (readonly [at: number, value: number])[] = [
      [layout.jFactor, factor],
      [layout.jBeta1, beta1],
      [layout.jRest1, 1 - beta1],
      [layout.jBeta2, beta2],
      [layout.jRest2, 1 - beta2],
      [layout.jSize, rate / (1 - beta1 ** step)],
      [layout.jCorrection, 1 / Math.sqrt(1 - beta2 ** step)],
      [layout.jEpsilon, epsilon],
      [layout.jKept, 1 - rate * weightDecay],
    ];
    for (const { kernel } of this.#groups) {
      const job = new DataView(kernel.memory, jobAt);
      for (const [at, value] of numbers) job.setFloat32(at, value, true);
      this.#run(kernel, layout.stepOf);
    }
  }

  /** Ends the threads; the next step starts them again. */
  async close(): Promise<void> {
    await Promise.all(this.#groups.map(async ({ kernel }) => await kernel.close()));
  }

  #run(kernel: Kernel, operation: number): void {
    new DataView(kernel.memory, jobAt).setInt32(layout.jOperation, operation, true);
    if (kernel.run(this.#threads)) return;
    throw new AppError({
      code: 'optimiser-thread-lost',
      message: 'A thread of the optimiser ended while it was at work.',
      hint: 'Resume the run: it goes on from its last checkpoint.',
    });
  }
}

/** Gives tensors a memory of their own: the pieces first, then the arrays. */
function layOut(tensors: readonly Moved[]): { readonly group: Group; readonly arrays: AdamWArrays[] } {
  const pieces = tensors.reduce((sum, tensor) => sum + piecesOf(tensor), 0);
  const arraysAt = Math.ceil((heapAt + pieces * layout.pieceBytes) / lineBytes) * lineBytes;
  const kernel = new Kernel(
    arraysAt - heapAt + tensors.reduce((sum, { length }) => sum + 4 * bytesFor(length), 0),
  );
  const view = new DataView(kernel.memory);
  let piece = heapAt;
  let end = arraysAt;
  const arrays = tensors.map(({ length, decays }): AdamWArrays => {
    const place = (): number => {
      const at = end;
      end += bytesFor(length);
      return at;
    };
    const at = [place(), place(), place(), place()] as const;
    for (let from = 0; from < length; from += pieceNumbers) {
      const fields = [layout.pWeight, layout.pMean, layout.pSquare, layout.pGradient] as const;
      fields.forEach((field, i) => view.setUint32(piece + field, at[i] + 4 * from, true));
      view.setUint32(piece + layout.pCount, Math.ceil(Math.min(pieceNumbers, length - from) / 4) * 4, true);
      view.setInt32(piece + layout.pDecays, decays ? 1 : 0, true);
      piece += layout.pieceBytes;
    }
    const [weight, mean, square, gradient] = at.map((one) => new Float32Array(kernel.memory, one, length));
    return { weight, mean, square, gradient };
  });
  view.setInt32(jobAt + layout.jCount, pieces, true);
  view.setUint32(jobAt + layout.jPieces, heapAt, true);
  return { group: { kernel, pieces }, arrays };
}
