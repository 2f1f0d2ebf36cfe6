/**
 * @file The steps of adamw.ts on arrays, in place: one pass over the memory, where a graph of single operations takes fifteen and makes new
 * arrays each time. The arrays lie in the memory of a kernel; ONNX Runtime reads weights and writes gradients where they are.
 */
import type { AdamWOptions } from './adamw.ts';
import { mostBytes, openKernel } from './kernel/kernel.ts';
import type { Kernel } from './kernel/kernel.ts';

export interface AdamWArrays {
  readonly weight: Float32Array;
  /** running means of the gradient and of its square */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  /** to be filled before each step; is changed by nothing here */
  readonly gradient: Float32Array;
}

interface Place {
  readonly kernel: Kernel;
  /** where its arrays begin, in bytes */
  readonly at: readonly [weight: number, mean: number, square: number, gradient: number];
  /** numbers in each, filled up to whole groups of four */
  readonly count: number;
}

/** By what gradients are multiplied so that their common norm does not exceed `limit`. */
export const clipFactor = (norm: number, limit: number): number => Math.min(limit / (norm + 1e-6), 1);

/** `into` becomes into + share x gradient. */
export function accumulate(into: Float32Array, gradient: Float32Array, share: number): void {
  for (let i = 0; i < into.length; i++) into[i] += share * gradient[i];
}

const lineBytes = 64;
const bytesFor = (length: number): number => Math.ceil((4 * length) / lineBytes) * lineBytes;

/** AdamW over several tensors. The result does not depend on threads or on where the arrays lie. */
export class Optimiser {
  /** all zero at first */
  readonly arrays: readonly AdamWArrays[];
  readonly #places: readonly Place[];

  /**
   * @param lengths numbers in each tensor
   * @throws RangeError where memory does not suffice, or a tensor has more than 2^28 numbers
   */
  constructor(lengths: readonly number[]) {
    // one memory where all fits into it
    const groups: number[][] = [];
    let room = 0;
    for (const length of lengths) {
      const bytes = 4 * bytesFor(length);
      if (bytes > room) {
        groups.push([]);
        room = mostBytes;
      }
      groups.at(-1)!.push(length);
      room -= bytes;
    }
    this.#places = groups.flatMap((group) => {
      const kernel = openKernel(group.reduce((sum, length) => sum + 4 * bytesFor(length), 0));
      let end = 0;
      const place = (length: number): number => {
        const at = end;
        end += bytesFor(length);
        return at;
      };
      return group.map((length) => ({
        kernel,
        at: [place(length), place(length), place(length), place(length)] as const,
        count: Math.ceil(length / 4) * 4,
      }));
    });
    this.arrays = this.#places.map(({ kernel, at }, i) => {
      const [weight, mean, square, gradient] = at.map(
        (one) => new Float32Array(kernel.memory, one, lengths[i]),
      );
      return { weight, mean, square, gradient };
    });
  }

  /** L2 norm of all gradients together, rounded to 32 bits. */
  norm(): number {
    const squares = this.#places.map(({ kernel, at, count }) => kernel.squaredNorm(at[3], count));
    return Math.fround(Math.sqrt(squares.reduce((a, b) => a + b, 0)));
  }

  /**
   * One step of one tensor with its gradient.
   * @param index of `arrays`
   * @param of.factor see {@link clipFactor}
   * @param of.rate learning rate of the step
   * @param of.step counted from 1
   */
  step(
    index: number,
    { factor, rate, step }: { readonly factor: number; readonly rate: number; readonly step: number },
    { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
  ): void {
    const { kernel, at, count } = this.#places[index];
    const moments = [beta1, 1 - beta1, beta2, 1 - beta2] as const;
    const size = rate / (1 - beta1 ** step);
    const correction = 1 / Math.sqrt(1 - beta2 ** step);
    kernel.step(...at, count, factor, ...moments, size, correction, epsilon, 1 - rate * weightDecay);
  }
}
