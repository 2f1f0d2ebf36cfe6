import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pl from 'nodejs-polars';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AppError, Forecast, RunDetail, RunSummary } from '../../src-preload/contract/index.ts';
import { isBetter } from '../../src-main/services/champion.ts';
import { portfolioFor } from '../../src-main/recipes/portfolio.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { createImportedModels } from '../../src-main/services/imported-models.ts';
import { createModelExportService } from '../../src-main/services/model-export.ts';
import { openPlant, plantFrame } from './plant.ts';
import type { Plant, PlantOptions } from './plant.ts';

const hour = 3_600_000;
const open: Plant[] = [];
const plantOf = (options?: PlantOptions): Plant => {
  const plant = openPlant(options);
  open.push(plant);
  return plant;
};
afterEach(() => {
  for (const plant of open.splice(0)) plant.close();
});
async function thrownBy(work: () => unknown): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('nothing was thrown');
}
const start = (plant: Plant, more: object) =>
  plant.training.start({ dataset: 'plant', recipes: [], portfolio: false, set: {}, ...more });

describe('training.start', () => {
  it('queues the portfolio into an experiment named after the dataset', () => {
    const plant = plantOf();
    const { experiment, runIds } = start(plant, { portfolio: true, recipes: ['xgboost'] });
    expect(experiment).toBe('plant');
    const runs = runIds.map((id) => plant.workspace.getRun(id));
    expect(new Set(runs.map((run) => run.status))).toEqual(new Set(['queued']));
    // xgboost is in the portfolio already
    expect(runs.map((run) => run.recipe)).toEqual(
      portfolioFor(plant.workspace.getDatasetVersion('plant').version).recipes,
    );
    expect(runs.slice(0, 4).map((run) => [run.recipe, run.modelType, run.status])).toEqual([
      ['seasonal_naive_config.yaml', 'seasonal_naive', 'queued'],
      ['seasonal_naive_weekly_config.yaml', 'seasonal_naive', 'queued'],
      ['linear_config.yaml', 'linear', 'queued'],
      ['xgboost_config.yaml', 'xgboost', 'queued'],
    ]);
  });

  it('queues Chronos-2 trained further after all others where that is wanted', () => {
    const recipesOf = (plant: Plant, more: object): string[] =>
      start(plant, { portfolio: true, ...more }).runIds.map((id) => plant.workspace.getRun(id).recipe);
    const plant = plantOf();
    const tuned = ['chronos2_finetuned_config.yaml', 'chronos2_covariates_config.yaml'];
    const quick = recipesOf(plant, {});
    expect(recipesOf(plant, { thorough: true, recipes: ['decision_tree'] })).toEqual([
      ...quick,
      'decision_tree_config.yaml',
      ...tuned,
    ]);
    const alone = plantOf({ change: (frame) => ({ ...frame, columns: frame.columns.slice(0, 1) }) });
    expect(recipesOf(alone, { thorough: true })).toEqual([...quick, tuned[0]]);
  });

  it('writes overrides into the text that is stored', () => {
    const plant = plantOf();
    const { runIds, experiment } = start(plant, {
      recipes: ['xgboost'],
      set: { 'model.params.learning_rate': '0.1', 'tracking.tags.site': 'north' },
      horizon: 6,
      test: 0.3,
      experiment: 'trial',
    });
    const run = plant.workspace.getRun(runIds[0]!);
    expect(experiment).toBe('trial');
    expect(run).toMatchObject({ experiment: 'trial', tags: { site: 'north' } });
    expect(run.recipeText).toContain('learning_rate: 0.1 # step size');
    expect(run.params).toMatchObject({
      'model.params.learning_rate': '0.1',
      'forecast.horizon': '6',
      'split.test': '0.3',
    });
  });

  it('takes YAML text, a file and a recipe of the workspace', () => {
    const plant = plantOf();
    const file = path.join(plant.workspace.path, 'elsewhere', 'mine.yaml');
    mkdirSync(path.dirname(file));
    writeFileSync(file, 'model:\n  type: linear\n');
    mkdirSync(path.join(plant.workspace.path, 'recipes'), { recursive: true });
    writeFileSync(path.join(plant.workspace.path, 'recipes', 'own.yaml'), 'model:\n  type: linear\n');
    const { runIds } = start(plant, {
      recipes: ['name: Inline\nmodel:\n  type: linear\n', 'model: { type: seasonal_naive }', file, 'own'],
    });
    expect(runIds.map((id) => plant.workspace.getRun(id).recipe)).toEqual([
      'Inline',
      'seasonal_naive',
      'mine.yaml',
      'own.yaml',
    ]);
  });

  it('queues nothing when one recipe is wrong, and says where', async () => {
    const plant = plantOf();
    const wrong = 'model:\n  type: linear\nsplit:\n  tset: 0.2\n';
    const error = await thrownBy(() => start(plant, { recipes: ['linear', wrong] }));
    expect(error).toMatchObject({ code: 'recipe-invalid', place: { line: 4, column: 3, key: 'split.tset' } });
    expect(error.details?.issues).toMatchObject([{ code: 'unknown-key', suggestion: 'test' }]);
    const set = { 'model.params.max_dept': 3 };
    expect(await thrownBy(() => start(plant, { recipes: ['xgboost'], set }))).toMatchObject({
      code: 'recipe-invalid',
      place: { file: 'xgboost_config.yaml', key: 'model.params.max_dept' },
    });
    expect(plant.workspace.listRuns({ limit: 10, offset: 0 }).total).toBe(0);
  });

  it.each([
    [{ recipes: [] }, 'no-recipes'],
    [{ recipes: ['xgbost'] }, 'recipe-not-found'],
    [{ recipes: ['/nowhere/x.yaml'] }, 'recipe-not-found'],
    [{ recipes: ['linear'], dataset: 'plnat' }, 'dataset-not-found'],
    [{ recipes: ['linear'], set: { 'data.series': 'a' } }, 'series-not-found'],
  ])('refuses %j', async (input, code) => {
    expect((await thrownBy(() => start(plantOf(), input))).code).toBe(code);
  });

  it('asks for a target when nobody chose one', async () => {
    const plant = plantOf({ target: null });
    const error = await thrownBy(() => start(plant, { portfolio: true }));
    expect(error).toMatchObject({
      code: 'target-missing',
      details: { choices: ['load_kWh', 'temperature_C', 'co2_t'] },
    });
    expect((await thrownBy(() => start(plant, { recipes: ['linear'] }))).code).toBe('target-missing');
    expect(start(plant, { recipes: ['linear'], set: { 'data.target': 'load_kWh' } }).runIds).toHaveLength(1);
  });

  it('checks an edited recipe before it runs again', async () => {
    const plant = plantOf();
    const { runIds } = start(plant, { recipes: ['linear'] });
    const error = await thrownBy(() => plant.training.rerun(runIds[0]!, 'model:\n  type: linaer\n'));
    expect(error).toMatchObject({ code: 'recipe-invalid', place: { file: 'linear_config.yaml', line: 2 } });
  });
});

describe('champion', () => {
  const run = (mae: number | null, more: Partial<RunSummary> = {}): RunSummary =>
    ({
      metrics: mae === null ? null : { mae, rmse: mae },
      splitKey: 'a',
      dataset: 'plant',
      task: 'forecast',
      createdAt: 10,
      ...more,
    }) as unknown as RunSummary;

  it.each([
    ['nobody holds it', run(5), null, true],
    ['it has no figure', run(null), null, false],
    ['it is better', run(5), run(6), true],
    ['it is worse', run(6), run(5), false],
    ['it is as good', run(5), run(5), false],
    ['another split, asked for later', run(9, { splitKey: 'b', createdAt: 11 }), run(5), true],
    ['another split, asked for earlier', run(1, { splitKey: 'b', createdAt: 9 }), run(5), false],
    ['a forecast against a regression', run(9), run(1, { task: 'regression' }), true],
    ['a regression against a forecast', run(1, { task: 'regression', createdAt: 11 }), run(9), false],
  ])('%s', (_what, candidate, current, expected) => {
    expect(isBetter(candidate, current, 'mae')).toBe(expected);
  });

  it('is the best of its split, and a recipe may stay out of it', async () => {
    const plant = plantOf({ days: 28 });
    const runs = await plant.train(['seasonal_naive', 'linear', 'seasonal_naive_weekly']);
    const best = runs.reduce((a, b) => (a.metrics!.mae! <= b.metrics!.mae! ? a : b));
    expect(plant.workspace.championOf('plant')?.id).toBe(best.id);
    await plant.train(['seasonal_naive'], { set: { 'tracking.champion': 'manual' }, test: 0.3 });
    expect(plant.workspace.championOf('plant')?.id).toBe(best.id);
  });
});

describe('forecasts', () => {
  let plant: Plant;
  let linear: RunDetail;
  let short: RunDetail;
  let known: RunDetail;
  let sensor: RunDetail;
  beforeAll(async () => {
    plant = openPlant({ timezone: 'Europe/Madrid' });
    [linear] = (await plant.train(['linear'])) as [RunDetail];
    const aside = { 'tracking.champion': 'manual' };
    [short] = (await plant.train(['linear'], { horizon: 4, set: aside })) as [RunDetail];
    [known] = (await plant.train(['linear'], { set: { ...aside, 'data.knownCovariates': ['shift'] } })) as [
      RunDetail,
    ];
    [sensor] = (await plant.train(['soft_sensor'], { set: { 'model.params.n_estimators': 5 } })) as [
      RunDetail,
    ];
  });
  afterAll(() => plant.close());
  const make = (more: object = {}): Promise<Forecast> =>
    createForecastService({ workspace: plant.workspace }).create({ dataset: 'plant', ...more });
  const end = Date.UTC(2024, 0, 1) + (42 * 24 - 1) * hour;

  it('are made by the champion for its horizon, with the levels of its recipe', async () => {
    const forecast = await make();
    expect(forecast).toMatchObject({
      runId: linear.id,
      recipe: 'linear_config.yaml',
      target: 'load_kWh',
      unit: 'kWh',
      frequency: 'PT1H',
      origin: end,
      levels: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
      warnings: [],
    });
    expect(forecast.rows).toHaveLength(24);
    expect(forecast.rows[0]).toMatchObject({ t: end + hour, timestamp: '2024-02-12T01:00:00+01:00' });
    for (const { quantiles } of forecast.rows) {
      const values = forecast.levels.map((level) => quantiles[String(level)]!);
      expect(values.every((value, i) => value >= 0 && (i === 0 || value >= values[i - 1]!))).toBe(true);
    }
    // 2024-02-12 is a Monday: at rest at night, 90 kWh in the late shift
    expect(forecast.rows[2]!.quantiles['0.5']!).toBeLessThan(30);
    expect(forecast.rows[17]!.quantiles['0.5']!).toBeGreaterThan(75);
    expect(forecast.history.t.at(-1)).toBe(end);
    expect(forecast.history.t).toHaveLength(14 * 24);
    expect(plant.workspace.getForecast(forecast.id)).toEqual(forecast);
    expect(plant.workspace.listForecasts({ dataset: 'plant' })[0]).toMatchObject({
      id: forecast.id,
      horizon: 24,
    });
  });

  it('take any levels, in any order', async () => {
    const { levels, rows } = await make({ quantiles: [0.95, 0.5, 0.025], horizon: 3 });
    expect(levels).toEqual([0.025, 0.5, 0.95]);
    expect(rows).toHaveLength(3);
    expect(Object.keys(rows[0]!.quantiles)).toEqual(['0.025', '0.5', '0.95']);
    expect(rows[0]!.quantiles['0.025']!).toBeLessThan(rows[0]!.quantiles['0.95']!);
  });

  it('cover a range of local days', async () => {
    const { rows, warnings } = await make({ from: '2024-02-13', to: '2024-02-14' });
    expect(rows.map((row) => row.timestamp).filter((_, i) => i === 0 || i === 47)).toEqual([
      '2024-02-13T00:00:00+01:00',
      '2024-02-14T23:00:00+01:00',
    ]);
    expect(warnings.map((warning) => warning.code)).toEqual(['beyond-horizon']);
  });

  it('look back, and say that this is no test', async () => {
    const { origin, rows, warnings } = await make({ from: '2024-01-20T06:00', to: '2024-01-20T09:00' });
    expect(origin).toBe(Date.UTC(2024, 0, 20, 4));
    expect(rows).toHaveLength(4);
    expect(warnings.map((warning) => warning.code)).toEqual(['in-sample']);
  });

  it('go beyond the trained horizon in rounds, with wider intervals, and not without end', async () => {
    const { rows, warnings } = await make({ runId: short.id, horizon: 48, quantiles: [0.1, 0.9] });
    expect(rows).toHaveLength(48);
    expect(warnings.map((warning) => warning.code)).toEqual(['beyond-horizon']);
    const width = (i: number): number => rows[i]!.quantiles['0.9']! - rows[i]!.quantiles['0.1']!;
    // the same hour of the next day, six rounds later
    expect(width(28)).toBeGreaterThan(1.3 * width(4));
    const error = await thrownBy(() => make({ runId: short.id, horizon: 500 }));
    expect(error).toMatchObject({ code: 'horizon-too-long', details: { reach: 168, trainedHorizon: 4 } });
    expect(error.message).toMatch(/reaches 168 steps, to 2024-02-19T/);
  });

  it('need what is known ahead, and say what is missing', async () => {
    const error = await thrownBy(() => make({ runId: known.id }));
    expect(error).toMatchObject({ code: 'covariates-missing', place: { column: 'shift' } });
    expect(error.message).toMatch(/2024-02-12T01:00:00\+01:00/);
    const planned = openPlant({ planned: 24 });
    try {
      const [run] = await planned.train(['linear'], { set: { 'data.knownCovariates': ['shift'] } });
      const forecast = await createForecastService({ workspace: planned.workspace }).create({
        dataset: 'plant',
        runId: run!.id,
      });
      expect(forecast.origin).toBe(end);
      expect(forecast.rows).toHaveLength(24);
      expect(forecast.warnings).toEqual([]);
    } finally {
      planned.close();
    }
  });

  it('draw out what follows from the calendar by themselves', async () => {
    const calendar = openPlant({
      columns: (columns) =>
        columns.map((column) => (column.name === 'shift' ? { ...column, knownAhead: true } : column)),
    });
    try {
      const [run] = await calendar.train(['linear'], { set: { 'data.knownCovariates': ['shift'] } });
      const service = createForecastService({ workspace: calendar.workspace });
      const { rows } = await service.create({ dataset: 'plant', runId: run!.id, quantiles: [0.5] });
      expect(rows[17]!.quantiles['0.5']!).toBeGreaterThan(75);
    } finally {
      calendar.close();
    }
  });

  it.each([
    [() => ({ runId: sensor.id }), 'not-a-forecaster'],
    [() => ({ from: 'soon' }), 'invalid-date'],
    [() => ({ from: '2024-02-14', to: '2024-02-13' }), 'range-empty'],
    [() => ({ to: '2024-02-01' }), 'range-empty'],
    [() => ({ from: '2023-01-01', to: '2023-01-02' }), 'range-before-data'],
    [() => ({ runId: 'ffffffffffff' }), 'run-not-found'],
  ])('refuse %s with %s', async (input, code) => {
    expect((await thrownBy(() => make(input()))).code).toBe(code);
  });

  it('begin at the latest reading of the newest version', async () => {
    const growing = plantOf({ days: 35 });
    await growing.train(['seasonal_naive_weekly']);
    growing.addVersion({ days: 38 });
    const service = createForecastService({ workspace: growing.workspace });
    const forecast = await service.create({ dataset: 'plant' });
    expect(forecast).toMatchObject({
      datasetVersion: 2,
      origin: Date.UTC(2024, 0, 1) + (38 * 24 - 1) * hour,
    });
    const old = await service.create({ dataset: 'plant', version: 1 });
    expect(old.origin).toBe(Date.UTC(2024, 0, 1) + (35 * 24 - 1) * hour);
    const actual = plantFrame({ days: 38 }).columns[0]!;
    if (actual.type !== 'number') throw new Error('not a number');
    const error = old.rows.map((row, i) => Math.abs(row.quantiles['0.5']! - actual.values[35 * 24 + i]!));
    expect(error.reduce((sum, value) => sum + value, 0) / error.length).toBeLessThan(4);
  });

  it('need a champion or a run that succeeded', async () => {
    const fresh = plantOf();
    const service = createForecastService({ workspace: fresh.workspace });
    expect((await thrownBy(() => service.create({ dataset: 'plant' }))).code).toBe('no-champion');
    const [failed] = await fresh.train(['task: classification\nmodel: { type: linear }\n']);
    const error = await thrownBy(() => service.create({ dataset: 'plant', runId: failed!.id }));
    expect(error.code).toBe('run-not-succeeded');
  });

  it('refuse data of another kind', async () => {
    const other = plantOf();
    await other.train(['seasonal_naive']);
    other.addVersion({
      days: 30,
      columns: (columns) => columns.map((column) => ({ ...column, unit: 'MWh' })),
    });
    const service = createForecastService({ workspace: other.workspace });
    const error = await thrownBy(() => service.create({ dataset: 'plant' }));
    expect(error).toMatchObject({ code: 'signature-mismatch' });
    expect(error.message).toMatch(/"load_kWh" in kWh, found MWh/);
  });

  it('are written as CSV and Parquet, whole', async () => {
    const forecast = await make({ quantiles: [0.1, 0.5, 0.975], horizon: 5 });
    const service = createForecastService({ workspace: plant.workspace });
    const folder = path.join(plant.workspace.path, 'exports', 'deep');
    const csv = service.export(forecast.id, 'csv', path.join(folder, 'f.csv'));
    const lines = readFileSync(csv.file, 'utf8').split('\r\n');
    expect(lines[0]).toBe('timestamp,p10,p50,p97.5');
    expect(lines[1]).toBe(
      `2024-02-12T01:00:00+01:00,${Object.values(forecast.rows[0]!.quantiles).join(',')}`,
    );
    expect(lines).toHaveLength(7);
    expect(csv.bytes).toBe(readFileSync(csv.file).byteLength);
    const parquet = service.export(forecast.id, 'parquet', path.join(folder, 'f.parquet'));
    const table = pl.readParquet(parquet.file);
    expect(table.columns).toEqual(['timestamp', 'time_utc', 'p10', 'p50', 'p97.5']);
    expect(table.getColumn('p50').toArray()).toEqual(forecast.rows.map((row) => row.quantiles['0.5']));
    expect(readdirSync(folder).sort()).toEqual(['f.csv', 'f.parquet']);
  });

  it('come with the model as a file', async () => {
    const out = path.join(plant.workspace.path, 'exports', 'model.json');
    const service = createModelExportService({
      workspace: plant.workspace,
      imported: createImportedModels(path.join(plant.workspace.path, 'models')),
    });
    const exported = service.export({ id: linear.id, out, format: 'voltcast' });
    const content = JSON.parse(readFileSync(exported.file, 'utf8')) as Record<string, unknown>;
    expect(content).toMatchObject({
      format: 'voltcast-model-file',
      run: { id: linear.id, dataset: 'plant', datasetVersion: 1 },
      model: { signature: { target: 'load_kWh', unit: 'kWh', frequency: 'PT1H', horizon: 24 } },
    });
    expect(content.recipe).toBe(linear.recipeText);
    expect(existsSync(out)).toBe(true);
    const unfinished = await thrownBy(() => {
      const [id] = start(plant, { recipes: ['linear'] }).runIds;
      return service.export({ id: id!, out: `${out}2`, format: 'voltcast' });
    });
    expect(unfinished.code).toBe('run-not-succeeded');
    expect(existsSync(`${out}2`)).toBe(false);
  });
});
