/** @file Random processes that synthetic series are put together from. All are seeded; none knows of units. */
import { createRandom } from '../../random.ts';
import type { Random } from '../../random.ts';

/** A source of the distributions the generators need. */
export interface Draw extends Random {
  /** standard normal */
  normal(): number;
  between(low: number, high: number): number;
  /** exp of a uniform draw between the logs of two positive numbers */
  logBetween(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(of: readonly T[]): T;
}

export function createDraw(...seed: readonly number[]): Draw {
  const random = createRandom(...seed);
  let spare: number | null = null;
  const normal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    // Box and Muller (1958)
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const between = (low: number, high: number): number => low + (high - low) * random.next();
  return {
    ...random,
    normal,
    between,
    logBetween: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    chance: (probability) => random.next() < probability,
    pick: (of) => of[random.integer(of.length)],
  };
}

/** Autoregressive noise of order 1 with unit variance. @param memory correlation of neighbours */
export function ar1(draw: Draw, length: number, memory: number): Float64Array {
  const out = new Float64Array(length);
  const fresh = Math.sqrt(1 - memory * memory);
  let value = draw.normal();
  for (let i = 0; i < length; i++) {
    value = memory * value + fresh * draw.normal();
    out[i] = value;
  }
  return out;
}

/** A random walk whose steps add up to about `spread` over the whole length. */
export function walk(draw: Draw, length: number, spread: number): Float64Array {
  const out = new Float64Array(length);
  const step = spread / Math.sqrt(length);
  let value = 0;
  for (let i = 0; i < length; i++) out[i] = value += step * draw.normal();
  return out;
}

/**
 * A sample of a stationary Gaussian process by random Fourier features (Rahimi and Recht, 2007): a sum of cosines whose
 * frequencies are drawn from the kernel's spectrum. Unit variance.
 * @param scale length scale in steps
 * @param tail degrees of freedom of the spectrum: large for the squared-exponential kernel, small for rough ones (Matérn)
 */
export function gaussianProcess(draw: Draw, length: number, scale: number, tail: number): Float64Array {
  const features = 48;
  const out = new Float64Array(length);
  const size = Math.sqrt(2 / features);
  for (let f = 0; f < features; f++) {
    let chi = 0;
    for (let i = 0; i < tail; i++) chi += draw.normal() ** 2;
    const frequency = draw.normal() / Math.sqrt(Math.max(chi / tail, 1e-3)) / scale;
    const phase = draw.between(0, 2 * Math.PI);
    addWave(out, frequency, phase, size);
  }
  return out;
}

/** A periodic Gaussian process: harmonics whose strength falls off. Unit variance on average. @param period in steps */
export function periodic(draw: Draw, length: number, period: number, roughness: number): Float64Array {
  const harmonics = Math.max(1, Math.min(12, Math.floor(period / 2)));
  const out = new Float64Array(length);
  const strength = Array.from({ length: harmonics }, (_, k) => Math.exp(-k / roughness));
  const total = Math.sqrt(strength.reduce((sum, s) => sum + s * s, 0));
  strength.forEach((s, k) => {
    addWave(
      out,
      (2 * Math.PI * (k + 1)) / period,
      draw.between(0, 2 * Math.PI),
      (Math.SQRT2 * s * draw.normal()) / total,
    );
  });
  return out;
}

/** out += size * cos(frequency * i + phase), by rotation: no cosine per step */
function addWave(out: Float64Array, frequency: number, phase: number, size: number): void {
  const c = Math.cos(frequency);
  const s = Math.sin(frequency);
  let x = size * Math.cos(phase);
  let y = size * Math.sin(phase);
  for (let i = 0; i < out.length; i++) {
    out[i] += x;
    [x, y] = [x * c - y * s, x * s + y * c];
  }
}

/** Level shifts at random places: piecewise constant with `count` jumps of about `size`. */
export function shifts(draw: Draw, length: number, count: number, size: number): Float64Array {
  const out = new Float64Array(length);
  for (let k = 0; k < count; k++) {
    const from = draw.integer(length);
    const jump = size * draw.normal();
    for (let i = from; i < length; i++) out[i] += jump;
  }
  return out;
}

/** On and off: stays in a state for a time that is exponential with the given means. */
export function switching(draw: Draw, length: number, meanOn: number, meanOff: number): Float64Array {
  const out = new Float64Array(length);
  let on = draw.chance(meanOn / (meanOn + meanOff));
  let left = 0;
  for (let i = 0; i < length; i++) {
    if (left <= 0) {
      on = !on;
      left = -Math.log(1 - draw.next()) * (on ? meanOn : meanOff);
    }
    out[i] = on ? 1 : 0;
    left--;
  }
  return out;
}
