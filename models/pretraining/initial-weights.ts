/**
 * @file Weights to begin the training of the model in the box with. A network of this size, trained for hours and not for weeks,
 * hardly finds by itself how to look up a season whose length it is not told; so it begins with a rough way to do that, and
 * learns from there how to do it well. Everything else begins at random.
 *
 * 1. The first attention over time brings to each patch those that lie some weeks of usual resolutions before it.
 * 2. The first hidden layer compares these with the patch itself: by how much each lag is wrong.
 * 3. The second attention takes the mean of that over the past, and the second hidden layer tells by it how long a week is.
 * 4. The third hidden layer takes the mean of the patches that lie whole weeks back: a first forecast.
 */
import type { Chronos2Config } from '../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { createDraw } from '../../src-main/models/chronos/synthetic/noise.ts';

/** Lags that are looked up, in patches of a day by the hour: a week is 7, 14 or 28 of them by the hour, half and quarter of an hour. */
const lags = [7, 14, 28, 56] as const;
/** Those that may be a week, the first three, and the lags that then are whole weeks. */
const weeks = [[0, 1, 2], [1, 2, 3], [2, 3]] as const;

/** Of the random part of what is added to a token, against what networks are usually begun with. */
const noise = 0.05;
/** What is in every token, and what is in one with values: much, so that tokens are of about one size whatever the values. */
const always = 8;
const present = 8;
/** Mean square of normalised values, about. */
const power = 0.5;

type Weights = Map<string, Float32Array>;
type Put = (row: number, column: number, value: number) => void;

export function initialWeights(config: Chronos2Config, seed: number): Weights {
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
  plan(config, weights);
  return weights;
}

/** Where things are in a token. */
const placesOf = ({ patch }: Chronos2Config) => ({
  values: 0,
  found: (lag: number) => patch * (1 + lag),
  forecast: patch * (1 + lags.length),
  seen: patch * (2 + lags.length),
  constant: patch * (2 + lags.length) + 1,
  error: (week: number) => patch * (2 + lags.length) + 2 + week,
  mean: (week: number) => patch * (2 + lags.length) + 5 + week,
  longer: (week: number) => patch * (2 + lags.length) + 8 + week,
  end: patch * (2 + lags.length) + 10,
});

function plan(config: Chronos2Config, weights: Weights): void {
  const { patch, headSize, heads, dModel, dFf, ropeTheta, quantiles } = config;
  const at = placesOf(config);
  if (dModel < at.end || heads < lags.length || headSize < patch || dFf < 2 * patch * weeks.length)
    throw new Error('the network is too narrow for what it begins with');
  const into = (name: string, columns: number): Put => {
    const values = weights.get(name);
    if (values === undefined) throw new Error(`there is no ${name}`);
    return (row, column, value) => (values[row * columns + column] = value);
  };
  const clearRows = (put: Put, from: number, count: number, columns: number): void => {
    for (let row = from; row < from + count; row++) for (let column = 0; column < columns; column++) put(row, column, 0);
  };
  /** what a token is divided by before a layer, about */
  const norm = (squares: number): number => Math.sqrt(squares / dModel);
  const block = (values: number): number => values * patch * power;

  // nothing random is added to the few numbers that decide
  for (const { name, shape } of parametersOf(config))
    if (/encoder.*\.(o|wo)\.weight$|input.*output_layer/.test(name))
      clearRows(into(name, shape[1] ?? 1), at.seen, at.end - at.seen, shape[1] ?? 1);

  // values as they are, how much of the patch is there, a constant
  const embed = into('input_patch_embedding.residual_layer.weight', 3 * patch);
  clearRows(embed, 0, dModel, 3 * patch);
  for (let j = 0; j < patch; j++) {
    embed(at.values + j, patch + j, 1);
    embed(at.seen, 2 * patch + j, present / patch);
  }
  into('input_patch_embedding.residual_layer.bias', 1)(at.constant, 0, always);

  const half = headSize / 2;
  const frequency = (f: number): number => ropeTheta ** ((-2 * f) / headSize);
  /** a query with this part meets a key (1, 0) best that lies `back` places before it */
  const phase = (f: number, back: number): readonly [number, number] => [Math.cos(frequency(f) * back), -Math.sin(frequency(f) * back)];
  const attention = (layer: number): Record<'q' | 'k' | 'v' | 'o', Put> => {
    const name = `encoder.block.${layer}.layer.0.self_attention`;
    const put = (letter: 'q' | 'k' | 'v'): Put => into(`${name}.${letter}.weight`, dModel);
    return { q: put('q'), k: put('k'), v: put('v'), o: into(`${name}.o.weight`, heads * headSize) };
  };
  /** a head begins with nothing of its own */
  const clearHead = ({ q, k, v, o }: Record<'q' | 'k' | 'v' | 'o', Put>, head: number): void => {
    for (const put of [q, k, v]) clearRows(put, head * headSize, headSize, dModel);
    for (let row = 0; row < dModel; row++) for (let j = 0; j < headSize; j++) o(row, head * headSize + j, 0);
  };

  // 1. one head per lag; a token of the future has the REG token between itself and the past
  {
    const past = norm(always ** 2 + present ** 2 + block(1));
    const ahead = norm(always ** 2);
    // the lower frequencies hardly tell neighbours apart
    const frequencies = 12;
    const size = Math.sqrt(80 / frequencies / ((always / ahead) * (present / past)));
    const first = attention(0);
    lags.forEach((lag, head) => {
      clearHead(first, head);
      for (let f = 0; f < frequencies; f++) {
        const row = head * headSize + f;
        const [far, near] = [phase(f, lag + 1), phase(f, lag)];
        for (const part of [0, 1]) {
          first.q(row + part * half, at.constant, size * far[part]);
          first.q(row + part * half, at.seen, (size * (near[part] - far[part]) * always) / present);
        }
        // only tokens with values are looked at
        first.k(row, at.seen, size);
      }
      for (let j = 0; j < patch; j++) {
        first.v(head * headSize + j, at.values + j, 1);
        first.o(at.found(head) + j, head * headSize + j, past);
      }
    });
  }

  const full = norm(always ** 2 + present ** 2 + block(1 + lags.length));
  /** units of a hidden layer from 0 on, one after the other, that begin with nothing of their own */
  const hidden = (layer: number): ((reads: readonly (readonly [number, number])[], writes: readonly (readonly [number, number])[]) => void) => {
    const inner = into(`encoder.block.${layer}.layer.2.mlp.wi.weight`, dModel);
    const outer = into(`encoder.block.${layer}.layer.2.mlp.wo.weight`, dFf);
    let unit = 0;
    return (reads, writes) => {
      clearRows(inner, unit, 1, dModel);
      for (let row = 0; row < dModel; row++) outer(row, unit, 0);
      for (const [from, factor] of reads) inner(unit, from, factor);
      for (const [to, factor] of writes) outer(to, unit, factor);
      unit++;
    };
  };

  // 2. absolute differences
  {
    const unit = hidden(0);
    for (const week of weeks.keys())
      for (let j = 0; j < patch; j++)
        for (const sign of [1, -1])
          unit([[at.values + j, sign], [at.found(week) + j, -sign]], [[at.error(week), full / patch]]);
  }

  // 3. their mean over the past, the newest most; a week is longer than this if that one fits clearly better
  const ahead = norm(always ** 2 + block(lags.length));
  {
    const second = attention(1);
    clearHead(second, 0);
    const slow = half - 1;
    second.q(slow, at.constant, 1);
    second.k(slow, at.seen, 8 / ((always / full) * (present / full)));
    const recent = 6;
    second.q(recent, at.constant, 1);
    second.k(recent, at.constant, 2.5 / (always / full) ** 2);
    for (const week of weeks.keys()) {
      second.v(week, at.error(week), 1);
      second.o(at.mean(week), week, full);
    }
    const unit = hidden(1);
    for (const week of [0, 1])
      for (const [from, sign] of [[0.02, 1], [0.07, -1]] as const)
        unit(
          [[at.mean(week), ahead / 0.05], [at.mean(week + 1), (-1.2 * ahead) / 0.05], [at.constant, (-from * ahead) / 0.05 / always]],
          [[at.longer(week), sign]],
        );
  }

  // 4. a mean passes where its week is the right one: else the unit is pushed below zero
  {
    const unit = hidden(2);
    const open = 5;
    const shut = 2 * open;
    // 7 where neither 14 nor 28 is clearly better; 14 where it is better than 7, and 28 not better still; else 28
    const gates: [number, number][][] = [
      [[at.constant, open], [at.longer(0), -shut], [at.longer(1), -shut]],
      [[at.constant, open - shut], [at.longer(0), shut], [at.longer(1), -shut]],
      [[at.constant, open - shut], [at.longer(1), shut]],
    ];
    weeks.forEach((whole, week) => {
      const gate = gates[week].map(([from, factor]) => [from, (factor * ahead) / (from === at.constant ? always : 1)] as const);
      const all = Array.from({ length: patch }, (_, j) => at.forecast + j);
      unit(gate, all.map((to) => [to, -ahead] as const));
      for (let j = 0; j < patch; j++)
        unit([...gate, ...whole.map((lag) => [at.found(lag) + j, 1 / whole.length] as const)], [[at.forecast + j, ahead]]);
    });
  }

  // every quantile is that forecast, some deviations away
  const answer = into('output_patch_embedding.residual_layer.weight', dModel);
  const shift = into('output_patch_embedding.residual_layer.bias', 1);
  const last = norm(always ** 2 + block(lags.length + 1));
  quantiles.forEach((level, q) => {
    for (let j = 0; j < patch; j++) {
      answer(q * patch + j, at.forecast + j, last);
      shift(q * patch + j, 0, 0.1 * Math.log(level / (1 - level)));
    }
  });
}
