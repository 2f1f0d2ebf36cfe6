/** @file Forecasts from finished runs of foundation models, by the real service: their levels, their warnings. */
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Forecast, RunDetail } from '../../src-preload/contract/index.ts';
import type { Frame } from '../../src-main/data/frame.ts';
import { predictItems } from '../../src-main/models/chronos/predict.ts';
import { atLevels } from '../../src-main/models/chronos/quantile-levels.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { plantFrame } from '../pipeline/plant.ts';
import { boltFiles, chronos2Files, t5Files } from '../support/foundation-model.ts';
import { eachWithFoundationPlant } from '../support/foundation-plant.ts';

const library = eachWithFoundationPlant('forecasts');
const box = path.join(import.meta.dirname, '../../models/voltcast-small');

const train = async (type: string, set: Record<string, unknown>): Promise<RunDetail> => {
  const [run] = await library.plant.train([type], {
    set: { 'forecast.quantiles': '[0.1, 0.5, 0.9]', ...set },
  });
  expect(run, JSON.stringify(run!.error)).toMatchObject({ status: 'succeeded' });
  return run!;
};
const forecastOf = (run: RunDetail, quantiles: number[], horizon?: number): Promise<Forecast> =>
  createForecastService({ workspace: library.plant.workspace }).create({
    dataset: 'plant',
    runId: run.id,
    quantiles,
    ...(horizon === undefined ? {} : { horizon }),
  });
const messagesOf = ({ warnings }: Forecast): string[] => warnings.map(({ message }) => message);
/** None is below the one before it. */
const ascends = ({ levels, rows }: Forecast): boolean =>
  rows.every(({ quantiles }) =>
    levels.every((level, j) => j === 0 || quantiles[level]! >= quantiles[levels[j - 1]!]!),
  );
const loadOf = ({ columns }: Frame): Float64Array => {
  const load = columns.find(({ name }) => name === 'load_kWh');
  if (load?.type !== 'number') throw new Error('another plant');
  return load.values;
};

test('the model in the box gives any level as it knows it, whatever levels its recipe names', async () => {
  const run = await train('chronos2_zeroshot', { 'model.params.checkpoint': 'voltcast-small' });
  const levels = [0.01, 0.05, 0.1, 0.25, 0.3, 0.5, 0.9, 0.95, 0.99];
  const made = await forecastOf(run, levels);
  expect(made.warnings).toEqual([]);
  expect(ascends(made)).toBe(true);

  const runner = new Chronos2Runner(readCheckpoint(box));
  const items = [{ targets: [loadOf(plantFrame())], past: [], known: [] }];
  const [[own]] = (await predictItems(runner, items, { horizon: 24 })) as [[Float32Array]];
  const { quantiles } = runner.config;
  await runner.close();
  expect(quantiles).toContain(0.01);
  made.rows.forEach((row, step) => {
    const known = quantiles.map((_, q) => own[q * 24 + step]!).sort((a, b) => a - b);
    atLevels(quantiles, known, levels).forEach((value, j) =>
      expect(Math.abs(row.quantiles[levels[j]!]! - Math.max(0, value))).toBeLessThan(1e-3),
    );
  });
  // what was wrong: the recipe's outermost levels in place of those beyond them
  expect(made.rows[12]!.quantiles['0.01']!).toBeLessThan(made.rows[12]!.quantiles['0.1']!);
  expect(made.rows[12]!.quantiles['0.95']!).toBeGreaterThan(made.rows[12]!.quantiles['0.9']!);

  // beyond what it knows
  const wide = await forecastOf(run, [0.001, 0.01, 0.5, 0.995]);
  expect(wide.warnings).toEqual([
    {
      code: 'model-warning',
      message:
        'The model knows quantile levels from 0.01 to 0.99 only: it gives 0.001 as 0.01, 0.995 as 0.99.',
    },
  ]);
  expect(library.plant.workspace.getForecast(wide.id).warnings).toEqual(wide.warnings);
  for (const { quantiles: row } of wide.rows) expect(row['0.001']).toBe(row['0.01']);
}, 60_000);

test('so does one that was trained further, of its own levels', async () => {
  library.install(chronos2Files({ seed: 1, quantiles: [0.05, 0.2, 0.5, 0.8, 0.95] }));
  const run = await train('chronos2_finetuned', {
    'model.params.checkpoint': 'tiny',
    'model.params.num_steps': 4,
    'model.params.context_length': 64,
    'forecast.quantiles': '[0.2, 0.5]',
  });
  const made = await forecastOf(run, [0.01, 0.05, 0.2, 0.35, 0.5, 0.8, 0.95], 30);
  // more steps than were trained take nothing from it
  expect(messagesOf(made)).toEqual([
    expect.stringContaining('from 0.05 to 0.95 only: it gives 0.01 as 0.05.'),
  ]);
  expect(ascends(made)).toBe(true);
  const spread = (low: string, high: string): number =>
    made.rows.reduce((sum, { quantiles }) => sum + quantiles[high]! - quantiles[low]!, 0);
  expect(spread('0.5', '0.8')).toBeGreaterThan(0);
  expect(spread('0.05', '0.2')).toBeGreaterThan(0);
  for (const { quantiles } of made.rows)
    expect(quantiles['0.35']).toBeCloseTo((quantiles['0.2']! + quantiles['0.5']!) / 2, 5);
}, 60_000);

test('Chronos-Bolt ends where its levels end, Chronos-T5 draws for every level', async () => {
  library.install(boltFiles());
  const bolt = await train('chronos_bolt', { 'model.params.checkpoint': 'tiny' });
  expect(messagesOf(await forecastOf(bolt, [0.05, 0.5]))).toEqual([
    expect.stringContaining('from 0.1 to 0.9 only: it gives 0.05 as 0.1.'),
  ]);
  library.install(t5Files(), 'drawn');
  const t5 = await train('chronos_t5', { 'model.params.checkpoint': 'drawn' });
  const made = await forecastOf(t5, [0.01, 0.5, 0.99]);
  expect(made.warnings).toEqual([]);
  expect(made.rows.some(({ quantiles }) => quantiles['0.01']! < quantiles['0.5']!)).toBe(true);
}, 60_000);

/** Columns of the plant, with other values. */
const withColumns =
  (change: Readonly<Record<string, (values: Float64Array) => Float64Array>>) =>
  (frame: Frame): Frame => ({
    ...frame,
    columns: frame.columns.map((column) =>
      column.type === 'number' && column.name in change
        ? { ...column, values: change[column.name]!(column.values) }
        : column,
    ),
  });

test('what the model finds odd is among the warnings of the forecast', async () => {
  library.install(chronos2Files({ seed: 1 }));
  const readings = 42 * 24;
  library.plant.addVersion({
    planned: 24,
    change: withColumns({
      temperature_C: (values) => values.map((_, i) => (i < readings ? 0 : 1)),
      co2_t: (values) => values.map((value, i) => (i < readings - 64 ? value : Number.NaN)),
    }),
  });
  const columns = { 'data.knownCovariates': '[temperature_C]', 'data.pastCovariates': '[co2_t]' };
  const run = await train('chronos2_zeroshot', { 'model.params.checkpoint': 'tiny', ...columns });
  const said = [
    '"co2_t" has no value within the last 64 steps, which the model reads: it is left out of the forecast.',
    expect.stringMatching(/^"temperature_C" stays at one value in the past/),
  ];
  const made = await forecastOf(run, [0.5]);
  expect(messagesOf(made)).toEqual(said);

  // an ensemble hands on what its members say
  const members = '[linear, {type: chronos2_zeroshot, params: {checkpoint: tiny}}]';
  const blend = await train('blend', { 'model.params.members': members, ...columns });
  expect(messagesOf(await forecastOf(blend, [0.5]))).toEqual(said);
}, 60_000);
