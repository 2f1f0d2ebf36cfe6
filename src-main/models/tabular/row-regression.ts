/** @file The regression task: the target from same-instant inputs and the calendar (soft sensor, energy baseline). */
import type { Recipe } from '../../../src-preload/contract/index.ts';
import { AppError } from '../../../src-preload/contract/index.ts';
import { buildFeatures, createFeatureSource } from '../../data/features/builder.ts';
import { resolveRowSpec } from '../../data/features/spec.ts';
import type { Frame } from '../../data/frame.ts';
import type { Estimator, FittedModel, ForecastBatch, SeriesTask } from '../estimator.ts';
import { startOf } from './continue.ts';
import { countedTarget, exampleWeights, rowWeights } from './weights.ts';
import { clipsAtZero, requireResolution, requireTrainingRows, rowsBeyond, targetValues } from '../series.ts';
import { fitRegressor } from './forecaster.ts';
import type { TabularState } from './forecaster.ts';
import type { TabularKind } from './kind.ts';
import { tabularToJson } from './model-json.ts';

export class FittedRowRegression implements FittedModel {
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

  predictRows(frame: Frame): Float64Array {
    return this.#predict(frame, frame.time.length);
  }

  /** Same-instant inputs decide, so the origin has no say; where inputs are missing the model sees them missing. */
  forecast(frame: Frame, origins: Int32Array, horizon: number, gap: number): ForecastBatch {
    const extra = rowsBeyond(frame, origins, gap + horizon);
    const all = this.#predict(frame, frame.time.length + extra);
    const point = new Float64Array(origins.length * horizon);
    origins.forEach((origin, o) => {
      point.set(all.subarray(origin + gap + 1, origin + gap + 1 + horizon), o * horizon);
    });
    return { origins, horizon, point, levels: null, quantiles: null };
  }

  #predict(frame: Frame, rows: number): Float64Array {
    const { spec, regressor, nonNegative } = this.#state;
    requireResolution(frame, spec.resolutionMs);
    const source = createFeatureSource(frame, new Float64Array(0), 0, rows - frame.time.length, spec);
    const target = Int32Array.from({ length: rows }, (_, i) => i);
    const predicted = regressor.predict(
      buildFeatures(
        source,
        target.map((row) => row - 1),
        target,
      ),
    );
    return nonNegative ? predicted.map((value) => Math.max(0, value)) : predicted;
  }

  importance(): readonly { readonly name: string; readonly share: number }[] {
    return this.#state.regressor.importance();
  }

  toJSON(): unknown {
    return tabularToJson(this.#state, 'rows');
  }
}

/** Input columns: the recipe's list, else what the pipeline named as known, else every other column. */
function inputs(task: SeriesTask): readonly string[] {
  const { features } = task.recipe.data;
  if (features !== 'auto') return features;
  if (task.knownCovariates.length > 0) return task.knownCovariates;
  const noInputs = [task.target, task.recipe.training.weight];
  return task.frame.columns.map((column) => column.name).filter((name) => !noInputs.includes(name));
}

export function createRowRegression(recipe: Recipe, kind: TabularKind): Estimator {
  const fitAfter =
    (earlier: FittedRowRegression | null): Estimator['fit'] =>
    async (task, trainEnd, context) => {
      const { frame } = task;
      const values = targetValues(frame, task.target);
      requireTrainingRows(values, trainEnd);
      const names = inputs(task);
      if (names.length === 0 && !recipe.features.calendar)
        throw new AppError({
          code: 'no-features',
          message: 'There is no input column to predict the target from.',
          hint: 'Name columns in data.features or switch features.calendar on.',
          place: { key: 'data.features' },
        });
      const asked = await resolveRowSpec({
        frame,
        recipe,
        trainEnd,
        horizon: 1,
        gap: 0,
        knownCovariates: names,
        pastCovariates: [],
        basis: kind.basis,
      });
      const { spec, start } = startOf(
        context,
        { type: kind.type, task: 'rows', target: task.target, spec: asked },
        frame.time[trainEnd - 1],
      );
      const weights = rowWeights(frame, recipe.training, trainEnd);
      const counted = countedTarget(values, weights);
      const rows: number[] = [];
      for (let row = 0; row < trainEnd; row++) if (Number.isFinite(counted[row])) rows.push(row);
      const target = Int32Array.from(rows);
      const source = createFeatureSource(frame, values, 0, 0, spec);
      const features = buildFeatures(
        source,
        target.map((row) => row - 1),
        target,
      );
      context.log('info', `${features.rows} training rows, ${features.names.length} features`);
      const own = Float64Array.from(rows, (row) => values[row]);
      const regressor = await fitRegressor(
        kind.regressor(1),
        earlier?.state.regressor ?? null,
        features,
        own,
        exampleWeights(weights, target),
        context,
        start,
      );
      const nonNegative = clipsAtZero(recipe.forecast.nonNegative, values, trainEnd);
      return new FittedRowRegression({ type: kind.type, target: task.target, spec, nonNegative, regressor });
    };
  return {
    type: kind.type,
    fit: fitAfter(null),
    refit(earlier, ...rest) {
      if (!(earlier instanceof FittedRowRegression)) throw new TypeError(`expected a fitted ${kind.type}`);
      return fitAfter(earlier)(...rest);
    },
  };
}
