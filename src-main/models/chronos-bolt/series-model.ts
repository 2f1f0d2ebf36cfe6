/** @file Chronos-Bolt as forecasts of a series ask it. */
import type { SeriesModel } from '../chronos/series-model.ts';
import { predictBolt } from './predict.ts';
import type { BoltRunner } from './runner.ts';

export const boltModel = (runner: BoltRunner): SeriesModel => ({
  contextLength: runner.config.contextLength,
  readsCovariates: false,
  async predict(items, order) {
    const series = items.map(({ targets: [target] }) => target);
    return { levels: runner.config.quantiles, items: await predictBolt(runner, series, order) };
  },
});
