/**
 * @file The last word on splits that a device proposes: scores in doubles, operation by operation those of the kernel
 * (kernels/assembly/split.ts and score.ts), taken in the order in which the threads come to them.
 */
import type { Column } from './columns.ts';
import type { FoundBorder, SearchRules } from './split-device.ts';

/** What turns a cell into numbers, as the kernel's parameters have it. */
export interface CellUnits {
  readonly wide: boolean;
  readonly shift: bigint;
  readonly gradient: number;
  readonly hessian: number;
}

export interface ExactNode {
  readonly sum0: bigint;
  readonly sum1: bigint;
  readonly lower: number;
  readonly upper: number;
  readonly output: number;
  /** a split must score more */
  readonly threshold: number;
}

export interface ExactSplit {
  readonly border: FoundBorder;
  readonly score: number;
}

/** In the order of the threads' search: by block and place in it, then by direction, then by bin. */
function inOrder(
  borders: readonly FoundBorder[],
  columns: readonly Column[],
  leafwise: boolean,
): FoundBorder[] {
  const down = (border: FoundBorder): number => Number(border.defaultLeft !== leafwise);
  return [...borders].sort((a, b) => {
    const [p, q] = [columns[a.column], columns[b.column]];
    return (
      p.block - q.block ||
      p.lane - q.lane ||
      down(a) - down(b) ||
      (a.defaultLeft ? b.bin - a.bin : a.bin - b.bin)
    );
  });
}

/**
 * The border that the threads would choose.
 * @returns null: none; undefined: the rules refuse all of them, and what a device took for worse may be allowed
 */
export function chooseExactly(
  borders: readonly FoundBorder[],
  node: ExactNode,
  columns: readonly Column[],
  rules: SearchRules,
  monotone: Int8Array | null,
  units: CellUnits,
): ExactSplit | null | undefined {
  if (borders.length === 0) return null;
  const weigh = rules.isPlain ? plainScore : ruledScore;
  const bests: ExactSplit[] = [];
  let allowed = false;
  let block = -1;
  let top = node.threshold;
  for (const border of inOrder(borders, columns, rules.policy === 'leafwise')) {
    // each block is searched by itself
    if (columns[border.column].block !== block) {
      block = columns[border.column].block;
      top = node.threshold;
    }
    const score = weigh(border, node, rules, monotone?.[border.column] ?? 0, units, top);
    if (score === null) continue;
    allowed = true;
    if (!(score > top)) continue;
    const isFirst = bests.length === 0 || columns[bests[bests.length - 1].border.column].block !== block;
    bests.splice(isFirst ? bests.length : bests.length - 1, 1, { border, score });
    top = score;
  }
  if (!allowed) return undefined;
  // of equal scores in several blocks the lowest column wins
  const beats = (a: ExactSplit, b: ExactSplit): boolean =>
    a.score > b.score || (a.score === b.score && a.border.column < b.border.column);
  return bests.reduce<ExactSplit | null>(
    (best, next) => (best === null || beats(next, best) ? next : best),
    null,
  );
}

interface Side {
  readonly whole: number;
  readonly h: number;
  readonly rows: number;
}

function sideOf(sum0: bigint, sum1: bigint, { wide, shift, hessian }: CellUnits): Side {
  const mask = (1n << shift) - 1n;
  const rows = Number((wide ? sum1 : sum0) & mask);
  return { whole: Number(sum0 >> shift), h: wide ? Number(sum1 >> shift) * hessian : rows, rows };
}

function sidesOf(
  border: FoundBorder,
  node: ExactNode,
  rules: SearchRules,
  units: CellUnits,
): readonly [Side, Side] | null {
  const left = sideOf(border.left0, border.left1, units);
  const right = sideOf(node.sum0 - border.left0, node.sum1 - border.left1, units);
  const isTooSmall = ({ h, rows }: Side): boolean => h < rules.minHessian || rows < rules.minRows;
  return isTooSmall(left) || isTooSmall(right) ? null : [left, right];
}

/**
 * Without alpha, bounds and constraints. The kernel scores in units of the gradients' squares, a power of two, so what it
 * compares is what is compared here; -Infinity where it leaves out a division because the score cannot be above `top`.
 */
function plainScore(
  border: FoundBorder,
  node: ExactNode,
  rules: SearchRules,
  _direction: number,
  units: CellUnits,
  top: number,
): number | null {
  const sides = sidesOf(border, node, rules, units);
  if (sides === null) return null;
  const [left, right] = sides;
  const square = units.gradient * units.gradient;
  const a = left.h + rules.lambda;
  const b = right.h + rules.lambda;
  const numerator = left.whole * left.whole * b + right.whole * right.whole * a;
  const denominator = a * b;
  if (!(numerator > (top / square) * denominator)) return Number.NEGATIVE_INFINITY;
  return (numerator / denominator) * square;
}

function ruledScore(
  border: FoundBorder,
  node: ExactNode,
  rules: SearchRules,
  direction: number,
  units: CellUnits,
): number | null {
  const sides = sidesOf(border, node, rules, units);
  if (sides === null) return null;
  const { alpha, lambda, price, maxDeltaStep, pathSmooth } = rules;
  const outputs = sides.map(({ whole, h, rows }) => {
    const g = whole * units.gradient;
    const t = g > alpha ? g - alpha : g < -alpha ? g + alpha : 0;
    let w = -t / (h + lambda);
    if (maxDeltaStep > 0) w = Math.max(-maxDeltaStep, Math.min(maxDeltaStep, w));
    if (pathSmooth > 0) {
      const share = rows / pathSmooth;
      w = (w * share) / (share + 1) + node.output / (share + 1);
    }
    return Math.max(node.lower, Math.min(node.upper, w));
  });
  const [wl, wr] = outputs;
  if (direction !== 0 && (direction > 0 ? wl > wr : wl < wr)) return null;
  const [left, right] = sides.map(({ whole, h }, k) => {
    const g = whole * units.gradient;
    const w = outputs[k];
    return -(2 * g * w + (h + lambda) * w * w + price * Math.abs(w));
  });
  return left + right;
}
