/**
 * @file Makes a forecaster of a regressor: features of (origin, lead) pairs in, one prediction per pair out.
 *
 *  - `direct`: one model over all leads of the horizon, the lead being a feature;
 *  - `recursive`: a one-step model that is fed its own predictions.
 *
 * A horizon longer than the trained one is forecast in blocks of the trained length, each from an origin moved on
 * over the model's own predictions: the recursive strategy is that with blocks of one step.
 */
import { buildFeatures, createFeatureSource } from '../../data/features/builder.ts';
import type { FeatureSource } from '../../data/features/builder.ts';
import { resolveFeatureSpec } from '../../data/features/spec.ts';
import type { FeatureSpec } from '../../data/features/spec.ts';
import type { Frame } from '../../data/frame.ts';
import type {
  BoostingStart,
  Estimator,
  FeatureMatrix,
  FitContext,
  FittedModel,
  FittedRegressor,
  ForecastBatch,
  Regressor,
} from '../estimator.ts';
import type { Recipe } from '../../../src-preload/contract/index.ts';
import { partOf } from '../context.ts';
import { startOf } from './continue.ts';
import { countedTarget, exampleWeights, rowWeights } from './weights.ts';
import { clipsAtZero, requireResolution, requireTrainingRows, rowsBeyond, targetValues } from '../series.ts';
import { choosePairs } from './pairs.ts';
import type { TabularKind } from './kind.ts';
import { tabularToJson } from './model-json.ts';

/** A regressor that can give several quantile levels at once. */
export interface QuantileRegressor extends FittedRegressor {
  readonly levels: readonly number[] | null;
  predictQuantiles(features: FeatureMatrix): Float64Array[];
}

export interface TabularState {
  readonly type: TabularKind['type'];
  readonly target: string;
  readonly spec: FeatureSpec;
  readonly nonNegative: boolean;
  readonly regressor: FittedRegressor;
}

/** Pairs whose features are built at a time: bounds memory, not the result. */
const chunkPairs = 16_384;
/** Training examples at most: beyond it, more rows cost time and gain little. */
const trainingPairs = 40_000;

export class FittedTabular implements FittedModel {
  readonly type: string;
  readonly #state: TabularState;

  constructor(state: TabularState) {
    this.type = state.type;
    this.#state = state;
  }

  /** what it is made of, for explanations */
  get state(): TabularState {
    return this.#state;
  }

  forecast(frame: Frame, origins: Int32Array, horizon: number, gap: number): ForecastBatch {
    const { spec, target } = this.#state;
    requireResolution(frame, spec.resolutionMs);
    const values = targetValues(frame, target);
    const extra = rowsBeyond(frame, origins, gap + horizon);
    const source = createFeatureSource(frame, values, frame.time.length, extra, spec);
    const out = emptyBatch(origins, horizon, levelsOf(this.#state.regressor));
    if (gap + horizon <= spec.maxLead) this.#direct(source, origins, horizon, gap, out);
    else this.#blocks(source, values, origins, horizon, gap, out);
    return out;
  }

  /** All pairs at once, in chunks. */
  #direct(source: FeatureSource, origins: Int32Array, horizon: number, gap: number, out: Writable): void {
    const total = origins.length * horizon;
    for (let from = 0; from < total; from += chunkPairs) {
      const n = Math.min(chunkPairs, total - from);
      const origin = new Int32Array(n);
      const target = new Int32Array(n);
      for (let i = 0; i < n; i++) {
        origin[i] = origins[Math.floor((from + i) / horizon)];
        target[i] = origin[i] + gap + 1 + ((from + i) % horizon);
      }
      this.#predict(source, origin, target, origin, out, from);
    }
  }

  /** One origin after the other, over its own predictions; what was overwritten is put back. */
  #blocks(
    source: FeatureSource,
    values: Float64Array,
    origins: Int32Array,
    horizon: number,
    gap: number,
    out: Writable,
  ): void {
    const block = this.#state.spec.maxLead;
    const reach = gap + horizon;
    const { history } = source;
    const whole = emptyBatch(Int32Array.of(0), reach, out.levels);
    origins.forEach((start, o) => {
      for (let done = 0; done < reach; done += block) {
        const n = Math.min(block, reach - done);
        const origin = new Int32Array(n).fill(start + done);
        const target = Int32Array.from({ length: n }, (_, i) => start + done + 1 + i);
        this.#predict(source, origin, target, new Int32Array(n).fill(start), whole, done);
        for (let i = 0; i < n; i++) history.set(start + done + 1 + i, whole.point[done + i]);
      }
      out.point.set(whole.point.subarray(gap, reach), o * horizon);
      if (out.levels !== null && out.quantiles !== null && whole.quantiles !== null) {
        const width = out.levels.length;
        out.quantiles.set(whole.quantiles.subarray(gap * width, reach * width), o * horizon * width);
      }
      for (let row = start + 1; row <= start + reach; row++)
        history.set(row, row < values.length ? values[row] : Number.NaN);
    });
  }

  #predict(
    source: FeatureSource,
    origin: Int32Array,
    target: Int32Array,
    observed: Int32Array,
    out: Writable,
    at: number,
  ): void {
    const { regressor, nonNegative } = this.#state;
    const features = buildFeatures(source, origin, target, observed);
    const limit = (value: number): number => (nonNegative ? Math.max(0, value) : value);
    if (out.levels === null || out.quantiles === null) {
      const predicted = regressor.predict(features);
      for (let i = 0; i < origin.length; i++) out.point[at + i] = limit(predicted[i]);
      return;
    }
    const all = (regressor as QuantileRegressor).predictQuantiles(features);
    const width = out.levels.length;
    const middle = nearestToMedian(out.levels);
    for (let i = 0; i < origin.length; i++) {
      for (let k = 0; k < width; k++) out.quantiles[(at + i) * width + k] = limit(all[k][i]);
      out.point[at + i] = limit(all[middle][i]);
    }
  }

  importance(): readonly { readonly name: string; readonly share: number }[] {
    return this.#state.regressor.importance();
  }

  toJSON(): unknown {
    return tabularToJson(this.#state);
  }
}

type Writable = ForecastBatch;

function emptyBatch(origins: Int32Array, horizon: number, levels: readonly number[] | null): Writable {
  const n = origins.length * horizon;
  return {
    origins,
    horizon,
    point: new Float64Array(n),
    levels,
    quantiles: levels === null ? null : new Float64Array(n * levels.length),
  };
}

const levelsOf = (regressor: FittedRegressor): readonly number[] | null =>
  'levels' in regressor ? (regressor as QuantileRegressor).levels : null;

function nearestToMedian(levels: readonly number[]): number {
  let best = 0;
  levels.forEach((level, k) => {
    if (Math.abs(level - 0.5) < Math.abs(levels[best] - 0.5)) best = k;
  });
  return best;
}

export function createTabularForecaster(recipe: Recipe, kind: TabularKind): Estimator {
  const fitAfter =
    (earlier: FittedTabular | null): Estimator['fit'] =>
    async (task, trainEnd, context) => {
      const { frame } = task;
      const values = targetValues(frame, task.target);
      requireTrainingRows(values, trainEnd);
      const recursive = recipe.forecast.strategy === 'recursive';
      const asked = await resolveFeatureSpec({
        frame,
        recipe,
        trainEnd,
        horizon: recursive ? 1 : task.horizon,
        gap: recursive ? 0 : recipe.split.gap,
        knownCovariates: task.knownCovariates,
        pastCovariates: task.pastCovariates,
        basis: kind.basis,
      });
      const { spec, start } = startOf(
        context,
        { type: kind.type, task: 'series', target: task.target, spec: asked },
        frame.time[trainEnd - 1],
      );
      const weights = rowWeights(frame, recipe.training, trainEnd);
      const source = createFeatureSource(frame, values, trainEnd, 0, spec);
      const pairs = choosePairs({
        target: countedTarget(values, weights),
        trainEnd,
        warmUp: Math.min(7 * spec.slotsPerDay, Math.floor(trainEnd / 5)),
        minLead: spec.minLead,
        maxLead: spec.maxLead,
        limit: trainingPairs,
        seed: context.seed,
      });
      const features = buildFeatures(source, pairs.origin, pairs.target);
      context.log('info', `${features.rows} training rows, ${features.names.length} features`);
      context.progress(0.1, 'features built');
      const regressor = await fitRegressor(
        kind.regressor(Math.min(spec.maxLead - spec.minLead + 1, spec.slotsPerDay)),
        earlier?.state.regressor ?? null,
        features,
        Float64Array.from(pairs.target, (row) => values[row]),
        exampleWeights(weights, pairs.target),
        partOf(context, 0.1, 0.9),
        start,
      );
      const nonNegative = clipsAtZero(recipe.forecast.nonNegative, values, trainEnd);
      return new FittedTabular({ type: kind.type, target: task.target, spec, nonNegative, regressor });
    };
  return {
    type: kind.type,
    fit: fitAfter(null),
    refit(earlier, ...rest) {
      if (!(earlier instanceof FittedTabular)) throw new TypeError(`expected a fitted ${kind.type}`);
      return fitAfter(earlier)(...rest);
    },
  };
}

/**
 * @param earlier a fit whose number of rounds and the like is kept; null: none
 * @param start where boosting begins; what `earlier` found out is then found out anew
 */
export function fitRegressor(
  regressor: Regressor,
  earlier: FittedRegressor | null,
  features: FeatureMatrix,
  target: Float64Array,
  weight: Float64Array | null,
  context: FitContext,
  start: BoostingStart | null,
): Promise<FittedRegressor> {
  if (earlier === null || start !== null || regressor.refit === undefined)
    return regressor.fit(features, target, weight, context, start);
  return regressor.refit(earlier, features, target, weight, context);
}
