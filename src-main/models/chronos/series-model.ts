/** @file What forecasts of a series ask of a foundation model, of whatever kind. */
import { predictItems } from './predict.ts';
import type { ChronosItem } from './predict.ts';
import type { Chronos2Runner } from './runner.ts';

export interface SeriesOrder {
  /** steps ahead */
  readonly horizon: number;
  /** most steps of the past that are read */
  readonly context: number;
  /** ascending; a model that has levels of its own gives those */
  readonly levels: readonly number[];
  /** items done so far */
  progress?(done: number, of: number): void;
  warn?(message: string): void;
}

export interface LevelForecasts {
  /** ascending */
  readonly levels: readonly number[];
  /** of the first target of each item: levels x horizon, level by level */
  readonly items: readonly Float32Array[];
}

export interface SeriesModel {
  /** most steps of the past that it reads */
  readonly contextLength: number;
  /** false: it reads the targets and nothing else */
  readonly readsCovariates: boolean;
  predict(items: readonly ChronosItem[], order: SeriesOrder): Promise<LevelForecasts>;
}

export const chronos2Model = (runner: Chronos2Runner): SeriesModel => ({
  contextLength: runner.config.contextLength,
  readsCovariates: true,
  async predict(items, order) {
    const made = await predictItems(runner, items, order);
    return { levels: runner.config.quantiles, items: made.map(([target]) => target) };
  },
});
