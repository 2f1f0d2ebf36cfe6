/**
 * @file Tasks to train a forecaster on, all synthetic: a target and, in some, rows that go with it. Kinds: electrical loads with
 * a calendar, compositions of Gaussian-process kernels, trend with seasonality and irregularity, autoregressive series,
 * and mixtures of several series. Then what happens to real data is done to them: gaps, outages, spikes, rounding.
 */
import { ar1, createDraw, gaussianProcess, periodic, shifts, walk } from './noise.ts';
import type { Draw } from './noise.ts';
import { syntheticLoad } from './load.ts';

export interface SyntheticTask {
  /** first the target; each of the asked length; NaN is missing */
  readonly rows: readonly Float64Array[];
  /** rows whose values are known ahead of time */
  readonly known: readonly boolean[];
}

/** Steps in a day of the usual resolutions: 5, 10, 15, 30 minutes, one hour; most often 15 minutes and an hour. */
const resolutions = [288, 144, 96, 96, 96, 96, 48, 48, 48, 24, 24, 24, 24, 24];

/** @param length steps of every row, the forecast ones included */
export function syntheticTask(seed: readonly number[], length: number): SyntheticTask {
  const draw = createDraw(...seed, 1);
  const kind = draw.next();
  if (kind < 0.72) return loadTask(draw, seed, length);
  if (kind < 0.79) return { rows: [spoil(draw, kernels(draw, length))], known: [false] };
  if (kind < 0.87) return { rows: [spoil(draw, trendSeason(draw, length))], known: [false] };
  if (kind < 0.91) return { rows: [spoil(draw, autoregressive(draw, length))], known: [false] };
  return mixture(draw, length);
}

function loadTask(draw: Draw, seed: readonly number[], length: number): SyntheticTask {
  const perDay = draw.pick(resolutions);
  const { load, drivers } = syntheticLoad([...seed, 2], length, perDay);
  const target = spoil(draw, load);
  if (!draw.chance(0.3)) return { rows: [target], known: [false] };
  const chosen = drivers.filter(() => draw.chance(0.7));
  return {
    rows: [target, ...chosen.map((one) => (draw.chance(0.5) ? measured(draw, one) : one))],
    known: [false, ...chosen.map(() => draw.chance(0.7))],
  };
}

/** A driver as somebody else measured or forecast it. */
function measured(draw: Draw, values: Float64Array): Float64Array {
  const noise = ar1(draw, values.length, 0.9);
  const size = spread(values) * draw.logBetween(0.02, 0.4);
  return values.map((value, i) => value + size * noise[i]);
}

function kernels(draw: Draw, length: number): Float64Array {
  const part = (): Float64Array => {
    const kind = draw.integer(5);
    if (kind < 2)
      return periodic(
        draw,
        length,
        draw.pick([7, 12, 24, 48, 96, 168, 336, 672, draw.logBetween(4, 700)]),
        draw.logBetween(0.5, 6),
      );
    if (kind === 2) return gaussianProcess(draw, length, draw.logBetween(4, length), draw.pick([1, 3, 30]));
    if (kind === 3) return ar1(draw, length, draw.between(0, 0.95)).map((value) => 0.4 * value);
    const slope = draw.normal();
    return Float64Array.from({ length }, (_, i) => (slope * (i - length / 2)) / length);
  };
  let out = part();
  for (let k = draw.integer(4); k > 0; k--) {
    const other = part();
    out = draw.chance(0.6)
      ? out.map((value, i) => value + other[i])
      : out.map((value, i) => value * other[i]);
  }
  const noise = draw.logBetween(0.005, 0.5);
  return out.map((value) => value + noise * draw.normal());
}

function trendSeason(draw: Draw, length: number): Float64Array {
  const period = draw.pick([7, 12, 24, 24, 48, 96, 96, 168]);
  const season = periodic(draw, length, period, draw.logBetween(0.7, 5));
  const longer = draw.chance(0.5)
    ? periodic(draw, length, period * draw.pick([5, 7, 7, 7]), draw.logBetween(0.7, 3))
    : null;
  const trend = draw.chance(0.5)
    ? walk(draw, length, draw.logBetween(0.1, 3))
    : shifts(draw, length, draw.integer(4), 1);
  const growth = draw.chance(0.3) ? draw.between(-1, 1) : 0;
  const multiplicative = draw.chance(0.4);
  const noise = draw.logBetween(0.02, 0.7);
  const irregular = ar1(draw, length, draw.between(0, 0.8));
  const seasonSize = draw.logBetween(0.2, 2);
  return Float64Array.from({ length }, (_, i) => {
    const s = seasonSize * (season[i] + 0.7 * (longer?.[i] ?? 0));
    const t = trend[i] + (growth * i) / length;
    return multiplicative ? Math.exp(0.6 * (t + s + noise * irregular[i])) : 3 + t + s + noise * irregular[i];
  });
}

function autoregressive(draw: Draw, length: number): Float64Array {
  if (draw.chance(0.3)) return walk(draw, length, draw.logBetween(1, 20));
  const angle = draw.logBetween(0.02, 2.5);
  const radius = draw.between(0.6, 0.995);
  const a = 2 * radius * Math.cos(angle);
  const b = -radius * radius;
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[i] = a * (out[i - 1] ?? 0) + b * (out[i - 2] ?? 0) + draw.normal();
  return out;
}

/** Several rows out of common causes, some ahead of others: a target that its companions explain in part. */
function mixture(draw: Draw, length: number): SyntheticTask {
  const causes = Array.from({ length: 1 + draw.integer(3) }, () =>
    standardised(draw.pick([kernels, trendSeason, autoregressive, trendSeason])(draw, length + 64)),
  );
  const companions = 1 + draw.integer(3);
  const make = (own: number): Float64Array => {
    const weights = causes.map(() => draw.normal());
    const lag = draw.chance(0.5) ? draw.integer(48) : 0;
    const bent = draw.chance(0.3);
    const noise = ar1(draw, length, draw.between(0, 0.9));
    return Float64Array.from({ length }, (_, i) => {
      const sum = weights.reduce((total, weight, c) => total + weight * causes[c][i + 64 - lag], 0);
      return (bent ? Math.tanh(sum) + 0.3 * Math.max(0, sum) : sum) + own * noise[i];
    });
  };
  const rows = Array.from({ length: companions }, () => make(draw.logBetween(0.01, 1)));
  const weights = rows.map(() => draw.normal());
  const rest = make(draw.logBetween(0.05, 0.5));
  const share = draw.between(0, 1);
  const target = Float64Array.from({ length }, (_, i) => {
    const explained = rows.reduce((total, row, r) => total + weights[r] * row[i], 0);
    return explained + share * rest[i] + 0.05 * draw.normal();
  });
  const scaled = [target, ...rows].map((row) => {
    const [size, offset] = [draw.logBetween(0.01, 1000), draw.normal()];
    return row.map((value) => size * (value + offset));
  });
  return {
    rows: [spoil(draw, scaled[0]), ...scaled.slice(1)],
    known: [false, ...rows.map(() => draw.chance(0.6))],
  };
}

/** What meters do: size, gaps, outages written as zeros, spikes, values that stick, few digits. */
function spoil(draw: Draw, values: Float64Array): Float64Array {
  const size = draw.logBetween(0.01, 10_000);
  const out = values.map((value) => size * value);
  const { length } = out;
  const unit = spread(out);
  const stretch = (work: (i: number) => void, longest: number): void => {
    const from = draw.integer(length);
    const until = Math.min(length, from + 1 + Math.floor(draw.logBetween(1, longest)));
    for (let i = from; i < until; i++) work(i);
  };
  if (draw.chance(0.06)) for (let k = 1 + draw.integer(2); k > 0; k--) stretch((i) => (out[i] = 0), 60);
  if (draw.chance(0.08))
    for (let k = 1 + draw.integer(6); k > 0; k--)
      out[draw.integer(length)] += unit * draw.between(3, 10) * (draw.chance(0.8) ? 1 : -1);
  if (draw.chance(0.05)) {
    const from = draw.integer(length);
    stretch((i) => (out[i] = out[from]), 40);
  }
  if (draw.chance(0.25)) {
    const digit = unit * draw.logBetween(0.005, 0.3);
    for (let i = 0; i < length; i++) out[i] = Math.round(out[i] / digit) * digit;
  }
  if (draw.chance(0.12))
    for (let k = 1 + draw.integer(4); k > 0; k--) stretch((i) => (out[i] = Number.NaN), 120);
  if (draw.chance(0.05)) for (let i = 0; i < length; i++) if (draw.chance(0.05)) out[i] = Number.NaN;
  return out;
}

function spread(values: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(squares / values.length - mean * mean, 0)) || 1;
}

function standardised(values: Float64Array): Float64Array {
  const size = spread(values);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.map((value) => (value - mean) / size);
}
