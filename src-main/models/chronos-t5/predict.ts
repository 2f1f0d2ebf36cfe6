/**
 * @file Forecasts of series by a Chronos-T5 model: futures are drawn token by token, and horizons beyond the model's own go on from the
 * median of what was drawn, as in the original's pipeline (chronos-forecasting 2.3, `ChronosPipeline.predict`).
 */
import { createRandom } from '../random.ts';
import type { Random } from '../random.ts';
import { goneOn, inBatches } from '../chronos/batches.ts';
import type { Row } from '../chronos/batches.ts';
import { sampleQuantiles } from '../chronos/sample-quantiles.ts';
import type { ChronosT5Config, Draw } from './config.ts';
import { drawToken } from './sampler.ts';
import { Tokenizer } from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** A language model of tokens, ready to run. */
export interface TokenModel {
  readonly config: ChronosT5Config;
  /**
   * Draws paths, token by token.
   * @param contexts of equal length
   * @param draw gives the next token of a path: `path` counts over all series, those of a series together
   * @returns (contexts x paths) x steps
   */
  generate(
    contexts: readonly Tokens[],
    paths: number,
    steps: number,
    draw: (path: number, logits: Float32Array) => number,
  ): Promise<Int32Array[]>;
}

export interface T5Options {
  /** steps ahead */
  readonly horizon: number;
  /** last steps that are read; at most, and by default, the model's */
  readonly context?: number;
  /** paths of a series do not depend on the series beside it */
  readonly seed: number;
  readonly draw: Draw;
  /** most series at once; default: what about half a gigabyte of intermediate values allows */
  readonly rows?: number;
  /** series done so far */
  progress?(done: number, of: number): void;
}

/** Series whose intermediate values take about half a gigabyte; the same on every machine, so that results are. */
function seriesAtOnce(
  { t5, predictionLength, vocabulary }: ChronosT5Config,
  context: number,
  samples: number,
): number {
  const kept = 2 * t5.decoderLayers * t5.heads * t5.headSize;
  const ofPath = 4 * (3 * kept * predictionLength + 2 * vocabulary);
  const ofSeries = 4 * context * (3 * kept + 2 * t5.dFf + 2 * t5.heads * context);
  return Math.max(1, Math.min(64, Math.floor(2 ** 29 / (ofSeries + samples * ofPath))));
}

/** @returns the paths of each series: samples x horizon, path by path */
export async function predictPaths(
  model: TokenModel,
  series: readonly Row[],
  options: T5Options,
): Promise<Float32Array[]> {
  const { config } = model;
  const { samples } = options.draw;
  const steps = Math.min(options.context ?? config.contextLength, config.contextLength);
  const atOnce = options.rows ?? seriesAtOnce(config, steps, samples);
  const tokenizer = new Tokenizer(config.bins);
  const plan = { atOnce, steps, progress: (done: number, of: number) => options.progress?.(done, of) };
  return await inBatches(series, plan, (contexts) => drawn(model, tokenizer, contexts, steps, options));
}

/** @returns of each series (levels x horizon), level by level */
export async function predictT5(
  model: TokenModel,
  series: readonly Row[],
  levels: readonly number[],
  options: T5Options,
): Promise<Float32Array[]> {
  const { horizon, draw } = options;
  const paths = await predictPaths(model, series, options);
  return paths.map((own) => {
    const out = new Float32Array(levels.length * horizon);
    for (let t = 0; t < horizon; t++)
      sampleQuantiles(valuesAt(own, t, draw.samples), levels).forEach(
        (value, q) => (out[q * horizon + t] = value),
      );
    return out;
  });
}

/** What all paths have at a step. */
const valuesAt = (paths: Float32Array, step: number, samples: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, s) => paths[(s * paths.length) / samples + step]);

async function drawn(
  model: TokenModel,
  tokenizer: Tokenizer,
  series: readonly Row[],
  steps: number,
  { horizon, seed, draw }: T5Options,
): Promise<Float32Array[]> {
  const { bins, predictionLength } = model.config;
  const { samples } = draw;
  const out = series.map(() => new Float32Array(samples * horizon));
  let contexts = series;
  for (let at = 0; at < horizon; at += predictionLength) {
    const count = Math.min(predictionLength, horizon - at);
    const longest = Math.max(1, ...contexts.map((one) => one.length));
    const tokens = contexts.map((one) => tokenizer.encode(padded(one, longest)));
    // equal contexts draw equal futures, whatever is drawn beside them
    const random: Random[] = tokens.flatMap(({ ids }) =>
      Array.from({ length: samples }, (_, path) => createRandom(seed, path, at, ...ids.subarray(-64))),
    );
    const paths = await model.generate(tokens, samples, count, (path, logits) =>
      drawToken(logits, bins.eos, draw, random[path]),
    );
    out.forEach((own, s) => {
      for (let p = 0; p < samples; p++)
        paths[s * samples + p].forEach(
          (token, t) => (own[p * horizon + at + t] = tokenizer.decode(token, tokens[s].scale)),
        );
    });
    if (at + count >= horizon) break;
    contexts = contexts.map((one, s) => {
      const next = Float32Array.from({ length: count }, (_, t) => median(valuesAt(out[s], at + t, samples)));
      return goneOn(one, next, steps);
    });
  }
  return out;
}

/** Missing values in front, up to a length. */
function padded(values: Row, length: number): Row {
  if (values.length === length) return values;
  const out = new Float32Array(length).fill(Number.NaN);
  out.set(values, length - values.length);
  return out;
}

/** Of an even number of values the lower of the two in the middle. */
const median = (values: Float32Array): number => values.sort()[(values.length - 1) >> 1];
