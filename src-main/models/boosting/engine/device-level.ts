/**
 * @file The question for a level of a symmetric tree, from histograms that are on a device. The device adds up the scores of all
 * questions over the level's nodes; here the best of each column are scored again in doubles, operation by operation as in the
 * kernel (kernels/assembly/score.ts), from the exact sums of every node.
 */
import * as at from '../kernels/assembly/layout.ts';
import { columnKind } from './columns.ts';
import type { DeviceSearch } from './device-search.ts';
import type { CellUnits } from './exact-split.ts';
import { normals } from './normal-table.ts';
import type { Store } from './store.ts';

export interface LevelBest {
  /** -1 for nothing */
  readonly bin: number;
  readonly score: number;
}

/** Nearer than this share of a score doubles decide: they are off by 2^-52 for each of at most 1024 nodes. */
const nearly = 2 ** -36;
/** of more questions the threads choose */
const mostQuestions = 4096;

export class DeviceLevel {
  readonly #store: Store;
  readonly #device: DeviceSearch;
  #nodes: readonly number[] = [];
  /** sums of each node, by question */
  readonly #picked = new Map<string, BigInt64Array>();

  constructor(store: Store, device: DeviceSearch) {
    this.#store = store;
    this.#device = device;
  }

  /**
   * @param noise standard deviation of the noise on scores
   * @param seed tells the noise of levels apart
   * @returns the best question about each column; null when the histograms are not on the device, or it fails
   */
  best(
    nodes: readonly number[],
    columns: Int32Array,
    noise: number,
    seed: number,
  ): readonly LevelBest[] | null {
    this.#picked.clear();
    if (!this.#device.holds(nodes)) return null;
    this.#nodes = nodes;
    const sums = this.#device.level(nodes, columns);
    if (sums === null) return null;
    const near: number[] = [];
    for (const f of columns) {
      const { cell } = this.#store.columns.columns[f];
      const count = this.#questionsOf(f);
      let top = Number.NEGATIVE_INFINITY;
      let scale = 0;
      const noisy = Float64Array.from({ length: count }, (_, bin) => {
        const clean = this.#score(sums.numerators[cell + bin], sums.denominators[cell + bin]);
        scale = Math.max(scale, clean);
        const score = noise > 0 ? clean + noise * noiseOf(seed, f, bin) : clean;
        top = Math.max(top, score);
        return score;
      });
      const least = top - nearly * (scale + Math.abs(top));
      noisy.forEach((score, bin) => {
        if (score >= least) near.push(f, bin);
      });
    }
    if (near.length > 2 * mostQuestions) return null;
    const picked = this.#device.pick(nodes, Int32Array.from(near));
    if (picked === null) return null;
    const best = new Map<number, LevelBest & { readonly noisy: number }>();
    for (let q = 0; 2 * q < near.length; q++) {
      const [f, bin] = [near[2 * q], near[2 * q + 1]];
      const own = picked.subarray(q * nodes.length * 2, (q + 1) * nodes.length * 2);
      this.#picked.set(`${f},${bin}`, own);
      const clean = this.#exactly(own);
      const noisy = noise > 0 ? clean + noise * noiseOf(seed, f, bin) : clean;
      if (noisy > (best.get(f)?.noisy ?? Number.NEGATIVE_INFINITY)) best.set(f, { bin, score: clean, noisy });
    }
    return Array.from(columns, (f) => best.get(f) ?? { bin: -1, score: 0 });
  }

  /**
   * Sums of the children of all nodes of the level, like the kernel's `answer`.
   * @param first child of the first node
   * @returns false for a question that was not found here
   */
  answer(column: number, bin: number, equal: boolean, first: number): boolean {
    const picked = this.#picked.get(`${column},${bin}`);
    if (picked === undefined) return false;
    const { nodes: table, threads } = this.#store;
    this.#nodes.forEach((node, k) => {
      for (const [offset, total, sum] of [
        [at.nLeft0, at.nSum0, picked[2 * k]],
        [at.nLeft1, at.nSum1, picked[2 * k + 1]],
      ] as const)
        table.setSum(node, offset, equal ? table.sum(node, total) - sum : sum);
      threads.kernel.divide(node, first + 2 * k, first + 2 * k + 1);
    });
    return true;
  }

  #questionsOf(f: number): number {
    const { kind, values, hasMissing } = this.#store.columns.columns[f];
    return kind === columnKind.oneHot ? values : values + Number(hasMissing) - 1;
  }

  #score(numerator: number, denominator: number): number {
    return this.#store.options.score === 'cosine' ? numerator / Math.sqrt(denominator + 1e-100) : numerator;
  }

  /** @param sums on one side, two per node */
  #exactly(sums: BigInt64Array): number {
    const { nodes: table, options } = this.#store;
    const units = this.#device.units;
    const penalty = Math.max(options.lambda, 1e-300);
    let numerator = 0;
    let denominator = 0;
    this.#nodes.forEach((node, k) => {
      const all = numbersOf(table.sum(node, at.nSum0), table.sum(node, at.nSum1), units);
      if (all.rows === 0) return;
      const { g, h } = numbersOf(sums[2 * k], sums[2 * k + 1], units);
      const ownG = g * units.gradient;
      const restG = (all.g - g) * units.gradient;
      const restH = all.h - h;
      const a = !units.wide || h > 0 ? ownG / (h + penalty) : 0;
      const b = !units.wide || restH > 0 ? restG / (restH + penalty) : 0;
      numerator += ownG * a + restG * b;
      denominator += a * a * h + b * b * restH;
    });
    return this.#score(numerator, denominator);
  }
}

function numbersOf(sum0: bigint, sum1: bigint, { wide, shift, hessian }: CellUnits) {
  const mask = (1n << shift) - 1n;
  const rows = Number((wide ? sum1 : sum0) & mask);
  return { g: Number(sum0 >> shift), h: wide ? Number(sum1 >> shift) * hessian : rows, rows };
}

/** The kernel's noise: a normal number by stream, column and bin. */
function noiseOf(seed: number, column: number, bin: number): number {
  let h = (Math.imul((Math.imul(seed, 0x9e3779b1) + column) | 0, 0x85ebca6b) + bin) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return normals()[((h ^ (h >>> 16)) >>> 0) >>> 20];
}
