/**
 * @file Forecast accuracy on the UCI steel data, honest split: test 2018-10-20..12-31, no leaking column, settings as they
 * are by default. `--folds` shows the rolling folds that settings were chosen on instead (they end before the test span).
 * Usage: npm run bench -- accuracy [--json] [--folds] [--horizons 1,4,96] [--models linear,xgboost] [--params '{"eta":0.1}']
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { recipeSchema } from '../src-preload/contract/index.ts';
import type { FitContext } from '../src-main/models/estimator.ts';
import { createEstimator } from '../src-main/models/registry.ts';
import { readSteel } from './lib/steel-frame.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    folds: { type: 'boolean', default: false },
    days: { type: 'string', default: '200,220,240,260,276' },
    file: {
      type: 'string',
      default: fileURLToPath(new URL('../../shared/data/steel_industry.csv', import.meta.url)),
    },
    horizons: { type: 'string', default: '1,4,96' },
    models: { type: 'string', default: 'seasonal_naive,linear,xgboost,blend' },
    params: { type: 'string', default: '{}' },
    strategy: { type: 'string', default: 'direct' },
    importance: { type: 'boolean', default: false },
    seed: { type: 'string', default: '42' },
  },
});

if (!existsSync(options.file)) {
  console.error(
    `The steel data are not at ${options.file}; give their place with --file (UCI data set 851).`,
  );
  process.exit(2);
}
const frame = readSteel(options.file);
const target = frame.columns[0].name;
const actual = (frame.columns[0] as { values: Float64Array }).values;
const slotsPerDay = 96;
const context: FitContext = {
  seed: Number(options.seed),
  threads: 1,
  progress: () => undefined,
  curve: () => undefined,
  log: () => undefined,
};

/** first test row and number of test rows */
const testStart = Math.round((Date.UTC(2018, 9, 20) - frame.time[0]) / frame.resolutionMs);
const spans = options.folds
  ? options.days
      .split(',')
      .map((day) => ({ name: `day ${day}`, from: Number(day) * slotsPerDay, rows: 14 * slotsPerDay }))
  : [{ name: 'test', from: testStart, rows: frame.time.length - testStart }];

const rows: Record<string, string | number>[] = [];
for (const horizon of options.horizons.split(',').map(Number))
  for (const type of options.models.split(','))
    for (const span of spans) {
      const recipe = recipeSchema.parse({
        model: { type, params: JSON.parse(options.params) },
        forecast: { horizon, strategy: options.strategy },
      });
      const began = performance.now();
      const model = await createEstimator(recipe).fit(
        { frame, target, horizon, pastCovariates: [], knownCovariates: [], recipe },
        span.from,
        context,
      );
      const fitted = performance.now();
      const origins = Int32Array.from(
        { length: Math.floor(span.rows / horizon) },
        (_, o) => span.from - 1 + o * horizon,
      );
      const { point } = await model.forecast(frame, origins, horizon, 0);
      const done = performance.now();
      let square = 0;
      let absolute = 0;
      let n = 0;
      point.forEach((value, i) => {
        const error = value - actual[origins[Math.floor(i / horizon)] + 1 + (i % horizon)];
        if (Number.isNaN(error)) return;
        square += error * error;
        absolute += Math.abs(error);
        n++;
      });
      rows.push({
        horizon,
        model: type,
        span: span.name,
        rmse: Number(Math.sqrt(square / n).toFixed(3)),
        mae: Number((absolute / n).toFixed(3)),
        fitMs: Math.round(fitted - began),
        forecastMs: Math.round(done - fitted),
      });
      if (options.importance) console.error(model.importance().slice(0, 25));
    }
if (options.json) console.log(JSON.stringify({ rows }));
else {
  console.table(rows);
  if (options.folds)
    for (const horizon of new Set(rows.map((row) => row.horizon)))
      for (const type of new Set(rows.map((row) => row.model))) {
        const part = rows.filter((row) => row.horizon === horizon && row.model === type);
        const mean = (key: string) => part.reduce((sum, row) => sum + Number(row[key]), 0) / part.length;
        console.log(
          `horizon ${horizon} ${type}: mean rmse ${mean('rmse').toFixed(3)}, mae ${mean('mae').toFixed(3)}`,
        );
      }
}
