/** @file Small series and a plain estimator for the tests of metrics and reports. */
import { existsSync, readFileSync } from 'node:fs';
import { recipeSchema } from '../../src-preload/contract/index.ts';
import type { Recipe } from '../../src-preload/contract/index.ts';
import type { Frame } from '../../src-main/data/frame.ts';
import type { Estimator, FitContext, FittedModel, SeriesTask } from '../../src-main/models/estimator.ts';

export const QUARTER = 900_000;
export const HOUR = 3_600_000;

export const quietContext: FitContext = {
  seed: 42,
  threads: 1,
  progress: () => {},
  curve: () => {},
  log: () => {},
};

export const recipeOf = (more: Record<string, unknown> = {}): Recipe =>
  recipeSchema.parse({ model: { type: 'linear' }, ...more });

export function frameOf(
  values: ArrayLike<number>,
  options: Partial<Pick<Frame, 'resolutionMs' | 'timezone'>> & { start?: string } = {},
): Frame {
  const resolutionMs = options.resolutionMs ?? HOUR;
  const start = Date.parse(options.start ?? '2024-01-01T00:00:00Z');
  return {
    time: Float64Array.from({ length: values.length }, (_, i) => start + i * resolutionMs),
    resolutionMs,
    timezone: options.timezone ?? 'UTC',
    columns: [{ name: 'load', type: 'number', unit: 'kWh', values: Float64Array.from(values) }],
  };
}

export const taskOf = (frame: Frame, recipe: Recipe, horizon: number): SeriesTask => ({
  frame,
  target: 'load',
  horizon,
  pastCovariates: [],
  knownCovariates: [],
  recipe,
});

/** xorshift32, uniform in (0, 1). */
export function random(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 4_294_967_296;
  };
}

export const normal = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

/** Mean of the same slot over the last four like weekdays known at the origin; remembers where its training ended. */
export function slotMean(season: number): Estimator & { readonly fits: number[] } {
  const fits: number[] = [];
  return {
    type: 'slot-mean',
    fits,
    async fit(_task, trainEnd): Promise<FittedModel> {
      fits.push(trainEnd);
      return {
        type: 'slot-mean',
        forecast(frame, origins, horizon, gap) {
          const values = (frame.columns[0] as { values: Float64Array }).values;
          const point = new Float64Array(origins.length * horizon);
          origins.forEach((origin, window) => {
            for (let step = 0; step < horizon; step++) {
              const row = origin + gap + 1 + step;
              let sum = 0;
              let found = 0;
              for (let back = row - season; back >= 0 && found < 4; back -= season)
                if (back <= origin && Number.isFinite(values[back])) {
                  sum += values[back];
                  found++;
                }
              point[window * horizon + step] = found ? sum / found : Number.NaN;
            }
          });
          return { origins, horizon, point, levels: null, quantiles: null };
        },
        importance: () => [],
        toJSON: () => ({}),
      };
    },
  };
}

const steelFile = new URL('../../../shared/data/steel_industry.csv', import.meta.url);
export const hasSteel = existsSync(steelFile);

/** The real steel plant, midnight repaired by file order, interval beginnings, the zero hole missing. */
export function steelFrame(): Frame {
  const lines = readFileSync(steelFile, 'utf8').trim().split(/\r?\n/).slice(1);
  const values = lines.map((line) => Number(line.split(',')[1]) || Number.NaN);
  return frameOf(values, { resolutionMs: QUARTER, start: '2018-01-01T00:00:00Z' });
}
