import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metricNames } from '../../src-preload/contract/index.ts';
import { openCli } from '../support/cli.ts';
import type { CliResult } from '../support/cli.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { writeOfficeCsv } from '../support/series.ts';

/** just enough for every model of the portfolio */
const days = 17;
let folder: string;
let file: string;
beforeAll(() => {
  folder = temporaryFolder('cli');
  file = writeOfficeCsv(folder, days);
});
afterAll(() => removeFolder(folder));

const voltcast = (...args: string[]): Promise<CliResult> => openCli(folder).run(...args);
const json = (...args: string[]): Promise<Record<string, unknown>> => openCli(folder).json(...args);

describe('the command line, from a file to a report', () => {
  test('import: the promised keys', async () => {
    const imported = await json('import', file, '--name', 'office');
    expect(imported).toMatchObject({
      dataset: 'office',
      version: 1,
      rows: days * 24,
      frequency: 'PT1H',
      start: '2024-01-01T00:00:00.000Z',
      target: 'load_kWh',
    });
    expect(Array.isArray(imported['warnings'])).toBe(true);
    expect(
      (imported['columns'] as { name: string; kind: string }[]).find((column) => column.name === 'load_kWh')
        ?.kind,
    ).toBe('load');
    const again = await json('import', file, '--name', 'office');
    expect(again).toMatchObject({ version: 1, created: false });
  });

  test('train: every model of the portfolio on one backtest, the best beats the baseline; then compare, forecast, report', async () => {
    const trained = await json('train', 'office', '--portfolio', '--horizon', '12', '--test', '0.2');
    const runs = trained['runs'] as {
      id: string;
      status: string;
      modelType: string;
      skill: number;
      splitKey: string;
      metrics: Record<string, number | null>;
    }[];
    const types = new Set(runs.map((run) => run.modelType));
    for (const type of ['seasonal_naive', 'linear', 'xgboost', 'lightgbm', 'catboost', 'ensemble_ridge'])
      expect(types).toContain(type);
    for (const run of runs) {
      expect(run.status).toBe('succeeded');
      expect(Object.keys(run.metrics).sort()).toEqual([...metricNames].sort());
    }
    expect(new Set(runs.map((run) => run.splitKey)).size).toBe(1);
    const best = runs.reduce((a, b) => (b.metrics['mae']! < a.metrics['mae']! ? b : a));
    expect(best.skill).toBeGreaterThan(0.1);
    expect(trained['champion']).toBe(best.id);

    const compared = await json('compare', ...runs.map((run) => run.id.slice(0, 10)));
    expect(compared).toMatchObject({ sameSplit: true });

    const csv = path.join(folder, 'next.csv');
    const forecast = await json(
      'forecast',
      'office',
      '--horizon',
      '12',
      '--quantiles',
      '0.1,0.5,0.9',
      '--out',
      csv,
    );
    expect(forecast).toMatchObject({ runId: best.id, levels: [0.1, 0.5, 0.9] });
    const rows = forecast['rows'] as { timestamp: string; quantiles: Record<string, number> }[];
    expect(rows).toHaveLength(12);
    expect(Date.parse(rows[0]!.timestamp)).toBe(Date.UTC(2024, 0, 1) + days * 24 * 3_600_000);
    for (const { quantiles } of rows) {
      expect(quantiles['0.1']!).toBeLessThanOrEqual(quantiles['0.5']!);
      expect(quantiles['0.5']!).toBeLessThanOrEqual(quantiles['0.9']!);
    }
    expect(fs.readFileSync(csv, 'utf8').trim().split('\n')).toHaveLength(13);

    const html = path.join(folder, 'report.html');
    await json('report', best.id, '--out', html);
    expect(fs.readFileSync(html, 'utf8')).toContain('load_kWh');

    const model = path.join(folder, 'model.json');
    await json('models', 'export', best.id, '--out', model);
    expect(fs.statSync(model).size).toBeGreaterThan(100);
    expect(await json('runs')).toMatchObject({ total: runs.length });
    const shown = await json('runs', 'show', best.id);
    expect(
      (shown['steps'] as { status: string }[]).every((step) => ['succeeded', 'reused'].includes(step.status)),
    ).toBe(true);
    expect((await json('runs', 'logs', best.id))['lines']).not.toHaveLength(0);

    const other = runs.find((run) => run.id !== best.id)!;
    expect(await json('models', 'promote', other.id)).toMatchObject({ champion: true });
  }, 240_000);

  test('a rerun reuses the steps that did not change', async () => {
    const listed = await json('runs');
    const run = (listed['runs'] as { id: string; modelType: string }[]).find(
      (entry) => entry.modelType === 'linear',
    )!;
    const again = await json('runs', 'rerun', run.id);
    const id = (again['runs'] as { id: string }[])[0]!.id;
    const steps = (await json('runs', 'show', id))['steps'] as { id: string; status: string }[];
    expect(steps.find((step) => step.id === 'train')?.status).toBe('reused');
  }, 60_000);

  test.each([
    [['import', 'missing.csv'], 'file-not-found'],
    [['train', 'nothing-here'], 'dataset-not-found'],
    [['train', 'office', '--recipe', 'xgbost_config.yaml'], 'recipe-not-found'],
    [
      ['train', 'office', '--recipe', 'xgboost_config.yaml', '--set', 'model.params.max_deth=3'],
      'recipe-invalid',
    ],
    [['train', 'office', '--set', 'nonsense'], 'invalid-option'],
    [['train', 'office', '--recipe', 'linear', '--thorough'], 'invalid-option'],
    [
      ['train', 'office', '--recipe', 'chronos2_finetuned', '--set', 'model.params.checkpoint=no/such'],
      'model-not-installed',
    ],
    [['train', 'office', '--horizon', 'soon'], 'invalid-option'],
    [['runs', 'show', 'ffffffff'], 'run-not-found'],
    [['report', 'ffffffff', '--out', 'x.docx'], 'invalid-option'],
    [['forecast', 'office', '--quantiles', '1.5'], 'invalid-option'],
  ])('%j fails with %s, as one JSON document and a non-zero exit', async (args, code) => {
    const { code: exit, out } = await voltcast(...args, '--json');
    expect(exit).not.toBe(0);
    expect((JSON.parse(out) as { error: { code: string; message: string } }).error.code).toBe(code);
  });

  test('recipes and doctor', async () => {
    const { recipes } = (await json('recipes')) as { recipes: { name: string; engineReady: boolean }[] };
    expect(recipes.filter((recipe) => recipe.engineReady).map((recipe) => recipe.name)).toEqual(
      expect.arrayContaining([
        'seasonal_naive_config.yaml',
        'linear_config.yaml',
        'xgboost_config.yaml',
        'blend_config.yaml',
      ]),
    );
    expect(await json('recipes', 'schema')).toHaveProperty('properties');
    expect((await json('recipes', 'show', 'xgboost_config.yaml'))['text']).toContain('max_depth');
    expect(await json('doctor')).toMatchObject({ ok: true });
  });
});
