/**
 * @file Weights to begin the training of the model in the box with. A network of this size, trained for hours and not for weeks,
 * hardly finds by itself how to look up a season whose length it is not told; so it begins with a rough way to do that, and
 * learns from there how to do it well. Everything else begins at random, and faint.
 *
 * 1. The first attention over time brings to each patch those that lie some weeks of usual resolutions before it.
 * 2. The first hidden layer compares these with the patch itself: by how much each lag is wrong.
 * 3. The second attention takes the mean of that over the past, and the second hidden layer tells by it how long a week is.
 * 4. The third attention looks up further whole weeks, now that it is known how long one is, and the third hidden layer adds those
 *    that the first one found: their mean is a first forecast.
 * 5. The fourth attention adds half of what the latest past was wrong by, as a whole.
 */
import type { Chronos2Config } from '../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { createDraw } from '../../src-main/models/chronos/synthetic/noise.ts';

/** Lags that are looked up, in patches of a day by the hour: a week is 7, 14 or 28 of them by the hour, half and quarter of an hour. */
const lags = [7, 14, 28, 56] as const;
/** Those that may be a week, the first three, and the lags that then are whole weeks. */
const weeks = [[0, 1, 2, 3], [1, 2, 3], [2, 3]] as const;
/** What the heads of the third attention look up, by the length of a week: weeks that are not among {@link lags}. */
const further = [[21, 42, 84], [35, 70, 56], [42, 84, 84], [49, 28, 28], [70, 42, 56]] as const;
/** The part that each of them has in the first forecast. */
const share = 0.1;
/** The part of the latest error that stays. */
const stays = 0.5;

/** Of the random part of what is added to a token, against what networks are usually begun with. */
const noise = 0.01;
/**
 * What a token holds beside its values to say whether it has any: so much that all tokens are of about one size, and what layers
 * read of a value does not depend on the others.
 */
const mark = 64;
/** What layers read of it. */
const read = 8;
/** Errors of lags, and what is told by them, stand in tokens so many times as large: what training adds meanwhile must not drown them. */
const loud = 6;
/** Mean square of normalised values, about. */
const power = 0.5;

type Weights = Map<string, Float32Array>;
type Put = (row: number, column: number, value: number) => void;
type Parts = readonly (readonly [at: number, factor: number])[];

/** Where things are in a token. */
const placesOf = ({ patch }: Chronos2Config) => {
  const rest = patch * (2 + lags.length);
  return {
    values: 0,
    found: (lag: number) => patch * (1 + lag),
    forecast: patch * (1 + lags.length),
    seen: rest,
    ahead: rest + 1,
    error: (week: number) => rest + 2 + week,
    mean: (week: number) => rest + 5 + week,
    longer: (week: number) => rest + 8 + week,
    end: rest + 10,
  };
};

/** @throws Error for a network that is too narrow for it */
export function initialWeights(config: Chronos2Config, seed: number): Weights {
  const { dModel, headSize, heads, dFf, patch, quantiles } = config;
  const at = placesOf(config);
  if (dModel < at.end || heads < Math.max(lags.length, further.length) || headSize < patch || dFf < 2 * patch * weeks.length)
    throw new Error('the network is too narrow for what it begins with');
  const size = Math.sqrt((mark ** 2 + patch * (2 + lags.length) * power) / dModel);
  const weights: Weights = new Map(
    parametersOf(config).map(({ name, shape, start }, index) => {
      const draw = createDraw(seed, 17, index);
      const count = shape.reduce((a, b) => a * b, 1);
      const quiet = /\.(o|wo)\.weight$|output_layer|residual_layer/.test(name) ? noise : 1;
      return [
        name,
        Float32Array.from({ length: count }, () => ('constant' in start ? start.constant : quiet * start.deviation * draw.normal())),
      ];
    }),
  );
  const into = (name: string, columns: number): Put => {
    const values = weights.get(name);
    if (values === undefined) throw new Error(`there is no ${name}`);
    return (row, column, value) => (values[row * columns + column] = value);
  };
  for (const { name, shape } of parametersOf(config)) {
    if (name.endsWith('layer_norm.weight'))
      // layers read values as they are
      for (let i = 0; i < dModel; i++) into(name, 1)(i, 0, i === at.seen || i === at.ahead ? (size * read) / mark : size);
    // nothing random is added to the few numbers that decide
    if (/encoder.*\.(o|wo)\.weight$|input.*output_layer/.test(name))
      clear(into(name, shape[1] ?? 1), at.seen, at.end - at.seen, shape[1] ?? 1);
  }
  embed(config, into);
  lookUp(config, into);
  compare(config, into);
  tellWeek(config, into);
  lookUpFurther(config, into);
  forecast(config, into);
  level(config, into);
  const answer = into('output_patch_embedding.residual_layer.weight', dModel);
  const shift = into('output_patch_embedding.residual_layer.bias', 1);
  quantiles.forEach((level, q) => {
    for (let j = 0; j < patch; j++) {
      answer(q * patch + j, at.forecast + j, 1);
      shift(q * patch + j, 0, 0.1 * Math.log(level / (1 - level)));
    }
  });
  return weights;
}

type Into = (name: string, columns: number) => Put;

function clear(put: Put, from: number, count: number, columns: number): void {
  for (let row = from; row < from + count; row++) for (let column = 0; column < columns; column++) put(row, column, 0);
}

/** Values as they are, and whether there are any. */
function embed(config: Chronos2Config, into: Into): void {
  const { patch, dModel } = config;
  const at = placesOf(config);
  const put = into('input_patch_embedding.residual_layer.weight', 3 * patch);
  clear(put, 0, dModel, 3 * patch);
  for (let j = 0; j < patch; j++) {
    put(at.values + j, patch + j, 1);
    put(at.seen, 2 * patch + j, mark / patch);
    put(at.ahead, 2 * patch + j, -mark / patch);
  }
  into('input_patch_embedding.residual_layer.bias', 1)(at.ahead, 0, mark);
  into('shared.weight', dModel)(1, at.ahead, mark);
}

/** A head that begins with nothing of its own. */
function headOf(config: Chronos2Config, into: Into, layer: number, head: number): Record<'q' | 'k' | 'v' | 'o', Put> {
  const { dModel, heads, headSize } = config;
  const name = `encoder.block.${layer}.layer.0.self_attention`;
  const first = head * headSize;
  const [q, k, v] = (['q', 'k', 'v'] as const).map((letter): Put => {
    const put = into(`${name}.${letter}.weight`, dModel);
    clear(put, first, headSize, dModel);
    return (row, column, value) => put(first + row, column, value);
  });
  const out = into(`${name}.o.weight`, heads * headSize);
  for (let row = 0; row < dModel; row++) for (let j = 0; j < headSize; j++) out(row, first + j, 0);
  return { q, k, v, o: (row, column, value) => out(row, first + column, value) };
}

/** Hidden units, one after the other, that begin with nothing of their own. */
function unitsOf({ dModel, dFf }: Chronos2Config, into: Into, layer: number): (reads: Parts, writes: Parts) => void {
  const inner = into(`encoder.block.${layer}.layer.2.mlp.wi.weight`, dModel);
  const outer = into(`encoder.block.${layer}.layer.2.mlp.wo.weight`, dFf);
  let unit = 0;
  return (reads, writes) => {
    clear(inner, unit, 1, dModel);
    for (let row = 0; row < dModel; row++) outer(row, unit, 0);
    for (const [from, factor] of reads) inner(unit, from, factor);
    for (const [to, factor] of writes) outer(to, unit, factor);
    unit++;
  };
}

/** How much a head is drawn to the next best patch, which it takes where the past does not reach back to the best one. */
const nextBest = 0.7;

/** The lower frequencies hardly tell neighbours apart. */
const frequencies = 12;

type Aim = (from: number, back: number, factor: number) => void;

/** Turns a head so that a query, by what it holds at `from`, is in phase with the key that lies so many places before it. */
function aimOf({ headSize, ropeTheta }: Chronos2Config, q: Put, k: Put, seen: number): Aim {
  const half = headSize / 2;
  const strength = Math.sqrt(80 / frequencies) / read;
  const sums = new Map<string, number>();
  const add = (row: number, column: number, value: number): void => {
    const sum = (sums.get(`${row} ${column}`) ?? 0) + value;
    sums.set(`${row} ${column}`, sum);
    q(row, column, sum);
  };
  for (let f = 0; f < frequencies; f++) k(f, seen, strength);
  return (from, back, factor) => {
    for (let f = 0; f < frequencies; f++) {
      const frequency = ropeTheta ** ((-2 * f) / headSize);
      add(f, from, factor * strength * Math.cos(frequency * back));
      add(f + half, from, -factor * strength * Math.sin(frequency * back));
    }
  };
}

/** One head per lag: rotated by their places, a query and a key that lies so many places before it are in phase. */
function lookUp(config: Chronos2Config, into: Into): void {
  const at = placesOf(config);
  lags.forEach((lag, head) => {
    const { q, k, v, o } = headOf(config, into, 0, head);
    const aim = aimOf(config, q, k, at.seen);
    // a token of the future has the REG token between itself and the past
    for (const [from, more] of [[at.seen, 0], [at.ahead, 1]] as const) {
      aim(from, lag + more, 1);
      if (head > 0) aim(from, lags[head - 1] + more, nextBest);
    }
    for (let j = 0; j < config.patch; j++) {
      v(j, at.values + j, 1);
      o(at.found(head) + j, j, 1);
    }
  });
}

/**
 * Weeks that lie further back. How many places these are depends on the series' resolution: what is told by the weeks' errors turns the
 * heads. Where there is no such week, the last one is next best.
 */
function lookUpFurther(config: Chronos2Config, into: Into): void {
  const at = placesOf(config);
  // told numbers are as large as `loud`, the mark is read as `read`
  const told = read / loud;
  further.forEach((back, head) => {
    const { q, k, v, o } = headOf(config, into, 2, head);
    const aim = aimOf(config, q, k, at.seen);
    const aimPast = (lag: number, factor: number): void => aim(at.seen, lag, factor);
    const aimWeek = (from: number, week: number, factor: number): void => {
      aim(from, back[week] + 1, factor);
      aim(from, lags[week] + 1, nextBest * factor);
    };
    aimWeek(at.ahead, 0, 1);
    aimPast(back[0], 1);
    aimPast(lags[0], nextBest);
    aimWeek(at.longer(0), 1, told);
    aimWeek(at.longer(0), 0, -told);
    // whatever the first says
    aimWeek(at.longer(1), 2, 2 * told);
    aimWeek(at.longer(1), 0, -told);
    for (let j = 0; j < config.patch; j++) {
      v(j, at.values + j, 1);
      o(at.forecast + j, j, share);
    }
  });
}

/** Absolute differences of a patch and those found. */
function compare(config: Chronos2Config, into: Into): void {
  const { patch } = config;
  const at = placesOf(config);
  const unit = unitsOf(config, into, 0);
  for (const week of weeks.keys())
    for (let j = 0; j < patch; j++)
      for (const sign of [1, -1])
        unit([[at.values + j, sign], [at.found(week) + j, -sign]], [[at.error(week), loud / patch]]);
}

/** Their mean over the past, the newest most; a week is longer where the next longer one fits clearly better. */
function tellWeek(config: Chronos2Config, into: Into): void {
  const { headSize } = config;
  const at = placesOf(config);
  const { q, k, v, o } = headOf(config, into, 1, 0);
  const [slowest, slow] = [headSize / 2 - 1, 12];
  for (const from of [at.seen, at.ahead]) {
    q(slowest, from, 1 / read);
    q(slow, from, 1 / read);
  }
  k(slowest, at.seen, 8 / read);
  k(slow, at.seen, 2.5 / read);
  for (const week of weeks.keys()) {
    v(week, at.error(week), 1);
    o(at.mean(week), week, 1);
  }
  const unit = unitsOf(config, into, 1);
  const [from, until] = [0.02, 0.07];
  const slope = 1 / (until - from);
  for (const week of [0, 1])
    for (const [begin, sign] of [[from, 1], [until, -1]] as const)
      unit(
        [
          [at.mean(week), slope / loud],
          [at.mean(week + 1), (-1.2 * slope) / loud],
          [at.ahead, (-begin * slope) / read],
          [at.seen, (-begin * slope) / read],
        ],
        [[at.longer(week), sign * loud]],
      );
}

/** A mean passes where its week is the right one; elsewhere its units are pushed below zero. */
function forecast(config: Chronos2Config, into: Into): void {
  const { patch } = config;
  const at = placesOf(config);
  const unit = unitsOf(config, into, 2);
  const open = 5;
  const shut = 2 * open;
  // the shortest where no other is clearly better; the middle one where it is better than that, and the longest not better still
  const rest = 1 - share * further.length;
  const mark = (value: number): Parts => [[at.ahead, value / read], [at.seen, value / read]];
  const gates: readonly Parts[] = [
    [...mark(open), [at.longer(0), -shut / loud], [at.longer(1), -shut / loud]],
    [...mark(open - shut), [at.longer(0), shut / loud], [at.longer(1), -shut / loud]],
    [...mark(open - shut), [at.longer(1), shut / loud]],
  ];
  weeks.forEach((whole, week) => {
    const gate = gates[week];
    unit(gate, Array.from({ length: patch }, (_, j) => [at.forecast + j, -rest] as const));
    for (let j = 0; j < patch; j++)
      unit([...gate, ...whole.map((lag) => [at.found(lag) + j, 1 / whole.length] as const)], [[at.forecast + j, rest]]);
  });
}

/** By how much the latest past lay above what would have been forecast for it: part of that stays. */
function level(config: Chronos2Config, into: Into): void {
  const { patch, headSize } = config;
  const at = placesOf(config);
  const { q, k, v, o } = headOf(config, into, 3, 0);
  const [slowest, slow] = [headSize / 2 - 1, 12];
  for (const frequency of [slowest, slow]) q(frequency, at.ahead, 1 / read);
  k(slowest, at.seen, 16 / read);
  k(slow, at.seen, 8 / read);
  for (let j = 0; j < patch; j++) {
    v(0, at.values + j, 1 / patch);
    v(0, at.forecast + j, -1 / patch);
    o(at.forecast + j, 0, stays);
  }
}
