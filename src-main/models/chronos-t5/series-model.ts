/** @file Chronos-T5 as forecasts of a series ask it. */
import type { Sampling } from '../chronos/foundation.ts';
import type { SeriesModel } from '../chronos/series-model.ts';
import { predictT5 } from './predict.ts';
import type { TokenModel } from './predict.ts';

export function t5Model(model: TokenModel, sampling: Sampling): SeriesModel {
  const { contextLength, draw } = model.config;
  const own = {
    samples: sampling.samples ?? draw.samples,
    temperature: sampling.temperature ?? draw.temperature,
    topK: sampling.topK ?? draw.topK,
    topP: sampling.topP ?? draw.topP,
  };
  return {
    contextLength,
    readsCovariates: false,
    async predict(items, order) {
      const series = items.map(({ targets: [target] }) => target);
      const { levels, ...rest } = order;
      return {
        levels,
        items: await predictT5(model, series, levels, { ...rest, seed: sampling.seed, draw: own }),
      };
    },
  };
}
