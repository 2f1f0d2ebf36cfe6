/**
 * @file What every model family stands behind. Two levels:
 *  - {@link Estimator}: takes a series and its covariates, forecasts a horizon from any origin (baselines,
 *    tabular models through the feature builder, later Chronos);
 *  - {@link Regressor}: takes a feature matrix (linear, boosting), wrapped by the tabular forecaster.
 * Nothing here touches files, sockets or a clock.
 */
import type { Recipe } from '../../src-preload/contract/index.ts';
import type { Frame } from '../data/frame.ts';
import type { TreeEnsemble } from './boosting/ensemble.ts';
import type { FoundationHost } from './chronos/foundation.ts';
import type { DeviceUse } from './device-use.ts';

/** A model whose trees a fit keeps and adds to. */
export interface ContinuedModel {
  readonly model: FittedModel;
  /** UTC ms of the last reading it has learnt from: a fit that ends before may not have its trees, only their number */
  readonly end: number;
  /** for messages: `run 1a2b3c (recipe)` */
  readonly name: string;
}

export interface FitContext {
  readonly seed: number;
  readonly threads: number;
  /** absent: the processor */
  readonly device?: DeviceUse | null;
  /** 0..1; called often, must be cheap */
  progress(fraction: number, message?: string): void;
  /** a point of a training curve, e.g. ('train rmse', round, value) */
  curve(name: string, x: number, y: number): void;
  log(level: 'debug' | 'info' | 'warn', message: string): void;
  /**
   * Hears forecasts of training rows by models that had not seen them, where a fit makes such forecasts anyway: their errors
   * are as honest as those of a fit made for the purpose.
   */
  heldOut?(batch: ForecastBatch): void;
  /** absent: the fit begins anew */
  readonly continued?: ContinuedModel | null;
  /** absent: models that need pretrained weights cannot be fitted here */
  readonly foundation?: FoundationHost | null;
  /**
   * Stores what is too large to stand in the model itself.
   * @returns its SHA-256, by which the model names it
   */
  keep?(name: string, content: Uint8Array): string;
  /** absent: a fit that is killed begins anew */
  readonly resumable?: Resumable | null;
}

/** Where a long fit puts down what it has reached, so that a killed run goes on from there. */
export interface Resumable {
  /** what was put down last by a fit of the same data and parameters; null: nothing, or it cannot be read */
  load(): Uint8Array | null;
  /** false while the last time is so near that putting it down again would cost more than it saves */
  due(): boolean;
  /** replaces what was there; the parts are written one after the other */
  save(parts: readonly Uint8Array[]): void;
}

/** What a model must know of its problem. `frame` is on a regular grid; NaN is missing. */
export interface SeriesTask {
  readonly frame: Frame;
  readonly target: string;
  /** steps ahead */
  readonly horizon: number;
  readonly pastCovariates: readonly string[];
  readonly knownCovariates: readonly string[];
  readonly recipe: Recipe;
}

/**
 * Point or quantile forecasts from several origins.
 * `origins[i]` is the index of the last row whose data may be used; its forecast covers rows
 * `origins[i] + gap + 1 ... origins[i] + gap + horizon`.
 */
export interface ForecastBatch {
  readonly origins: Int32Array;
  readonly horizon: number;
  /** origins x horizon, row-major: the point forecast (median for quantile models) */
  readonly point: Float64Array;
  /** ascending; null for models that give points only */
  readonly levels: readonly number[] | null;
  /** origins x horizon x levels, row-major; null when `levels` is null */
  readonly quantiles: Float64Array | null;
}

/** Who asks for a forecast: what is wanted, what may compute it, and who hears of it. */
export interface ForecastRequest extends Pick<FitContext, 'progress' | 'log' | 'device'> {
  /** quantile levels wanted of a model that gives quantiles itself; absent: those of its recipe */
  readonly levels?: readonly number[];
}

export interface FittedModel {
  readonly type: string;
  /** true: forecasts are as good beyond the horizon it was fitted for, and need no wider intervals there */
  readonly anyHorizon?: boolean;
  /**
   * @param frame regular grid that begins where the training frame began; rows after an origin are never read, but for
   *   known covariates and the calendar, and may be missing altogether (an origin at the last row is a true forecast).
   * @param gap steps between an origin and its first forecast row (recipe.split.gap), 0 in production
   * @param request hears how far it is and what is odd, from models that take their time; absent: nobody hears, the processor does it
   * @returns the forecasts, or a promise of them where a device makes them
   */
  forecast(
    frame: Frame,
    origins: Int32Array,
    horizon: number,
    gap: number,
    request?: ForecastRequest,
  ): ForecastBatch | Promise<ForecastBatch>;
  /** regression task: same-instant prediction for each row, shape (rows); undefined for pure forecasters */
  predictRows?(frame: Frame): Float64Array;
  /** shares of gain (or of absolute standardised coefficients), largest first, sum 1; empty if it has no meaning */
  importance(): readonly { readonly name: string; readonly share: number }[];
  toJSON(): unknown;
}

export interface Estimator {
  readonly type: string;
  /** true: its models always give quantiles of their own, so no errors are collected to make intervals of */
  readonly ownQuantiles?: boolean;
  /** Fits on rows `0 .. trainEnd - 1` of `task.frame` and never reads the target or past covariates beyond them. */
  fit(task: SeriesTask, trainEnd: number, context: FitContext): Promise<FittedModel>;
  /**
   * Fits again on other rows and keeps what it took `earlier` more than one fit to find out: a number of rounds, weights of
   * members.
   * @param earlier what {@link fit} of an estimator with the same recipe gave
   */
  refit?(earlier: FittedModel, task: SeriesTask, trainEnd: number, context: FitContext): Promise<FittedModel>;
}

/** `refit` where there is one, `fit` where it does as well. */
export const fitAgain = (
  estimator: Estimator,
  earlier: () => FittedModel,
  ...rest: Parameters<Estimator['fit']>
): Promise<FittedModel> => (estimator.refit ? estimator.refit(earlier(), ...rest) : estimator.fit(...rest));

/** Column-major matrix: `columns[j][i]` is feature j of row i. NaN is missing. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  /** category codes instead of quantities */
  readonly categorical: readonly boolean[];
}

export interface FittedRegressor {
  /** features it was fitted on, in their order */
  readonly names: readonly string[];
  /** the trees it predicts with, for explanations and other libraries' formats; absent where there are none */
  readonly ensemble?: TreeEnsemble;
  /** shape (rows) */
  predict(features: FeatureMatrix): Float64Array;
  importance(): readonly { readonly name: string; readonly share: number }[];
  toJSON(): unknown;
}

/** Where boosting begins when it does not begin with nothing. */
export interface BoostingStart {
  readonly ensemble: TreeEnsemble;
  /** false: only the number of its rounds counts, they are grown anew from the rows at hand */
  readonly keep: boolean;
  /** for messages */
  readonly name: string;
}

export interface Regressor {
  /**
   * `target` shape (rows), no NaN; `weight` shape (rows) or null for 1.
   * @throws AppError `continue-from-differs` when boosting cannot go on from `start`
   */
  fit(
    features: FeatureMatrix,
    target: Float64Array,
    weight: Float64Array | null,
    context: FitContext,
    start?: BoostingStart | null,
  ): Promise<FittedRegressor>;
  /** As {@link fit}, keeping what it took `earlier` a fit of its own to find out, such as the number of rounds. */
  refit?(
    earlier: FittedRegressor,
    features: FeatureMatrix,
    target: Float64Array,
    weight: Float64Array | null,
    context: FitContext,
  ): Promise<FittedRegressor>;
}
