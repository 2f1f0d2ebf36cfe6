/** @file From values to tokens and back, in 32 bits as the original does (Ansari et al., 2024, section 3.1; `MeanScaleUniformBins`). */
import { firstAbove } from '../first-above.ts';
import type { Bins } from './config.ts';

const { fround } = Math;

export interface Tokens {
  /** padding where a value is missing; EOS at the end where the model wants it */
  readonly ids: Int32Array;
  /** 0 where a value is missing */
  readonly visible: Int32Array;
  /** mean size of the values: what a token's bin is a multiple of */
  readonly scale: number;
}

/** Middles of the bins, ascending. */
export function centersOf({ low, high, tokens, special }: Bins): Float32Array {
  const count = tokens - special - 1;
  const step = fround(fround(high - low) / (count - 1));
  // counted from the nearer end, as PyTorch's linspace does
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? fround(low + step * i) : fround(high - step * (count - 1 - i)),
  );
}

/** Upper bounds of the bins, each the first value of the next one; the last has none. */
const boundsOf = (centers: Float32Array): number[] =>
  Array.from(centers, (center, i) =>
    i === centers.length - 1 ? Infinity : fround(fround(center + centers[i + 1]) / 2),
  );

export class Tokenizer {
  readonly bins: Bins;
  readonly #centers: Float32Array;
  readonly #bounds: readonly number[];

  constructor(bins: Bins) {
    this.bins = bins;
    this.#centers = centersOf(bins);
    this.#bounds = boundsOf(this.#centers);
  }

  /** @param values of any length; NaN is missing */
  encode(values: Float32Array | Float64Array): Tokens {
    const { special, pad, eos, endsWithEos } = this.bins;
    let sum = 0;
    let count = 0;
    for (const value of values)
      if (!Number.isNaN(value)) {
        sum += Math.abs(fround(value));
        count++;
      }
    const mean = fround(sum / count);
    const scale = mean > 0 ? mean : 1;
    const length = values.length + (endsWithEos ? 1 : 0);
    const ids = new Int32Array(length).fill(pad);
    const visible = new Int32Array(length);
    values.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      ids[i] = special + 1 + firstAbove(this.#bounds, fround(fround(value) / scale));
      visible[i] = 1;
    });
    if (endsWithEos) {
      ids[length - 1] = eos;
      visible[length - 1] = 1;
    }
    return { ids, visible, scale };
  }

  /** A special token counts as the lowest bin. */
  decode(token: number, scale: number): number {
    const bin = Math.min(this.#centers.length - 1, Math.max(0, token - this.bins.special - 1));
    return fround(this.#centers[bin] * scale);
  }
}
