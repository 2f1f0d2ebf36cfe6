import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnOf } from '../../tests/support/dataset.ts';
import {
  addDataset,
  addEvaluatedRun,
  plantFrame,
  temporaryWorkspace,
} from '../../tests/support/evaluated-run.ts';
import { reportSchema } from '../../src-preload/contract/index.ts';
import type { Forecast, ParsedInput, RunSummary } from '../../src-preload/contract/index.ts';
import type { Workspace } from '../workspace/types.ts';
import { createReportService } from './reports.ts';

const EVIL = `<img src=x onerror=alert(1)>"'&</style><script>`;
const noPrinter = async (): Promise<void> => {
  throw new Error('not asked for');
};

describe('reports', () => {
  let workspace: Workspace;
  let runs: RunSummary[];
  const frame = plantFrame();

  beforeAll(async () => {
    workspace = temporaryWorkspace();
    const dataset = addDataset(workspace, frame, {
      columns: [
        columnOf('load'),
        columnOf(`${EVIL}column`, { leakage: { r2: 0.99987, with: [EVIL], message: EVIL } }),
      ],
      source: { file: `/x/${EVIL}.csv`, bytes: 10, sha256: 'ab' },
      warnings: [{ code: 'gaps', message: EVIL }],
      repairs: [
        {
          code: 'zero-holes',
          title: EVIL,
          message: EVIL,
          rows: 3,
          recommended: true,
          applied: true,
          column: EVIL,
          effect: { figure: EVIL, before: 1, after: 0 },
        },
      ],
    });
    const recipeText = `name: ${EVIL}\nmodel:\n  type: linear\n`;
    const a = await addEvaluatedRun(workspace, dataset, frame, {
      season: 168,
      recipeName: `${EVIL}.yaml`,
      recipeText,
    });
    const b = await addEvaluatedRun(workspace, dataset, frame, { season: 24 });
    runs = [a.run, b.run];
  });
  afterAll(() => workspace.close());

  const create = (
    more: Partial<ParsedInput<'reports.create'>> = {},
  ): ReturnType<ReturnType<typeof createReportService>['create']> =>
    createReportService({
      workspace,
      printPdf: noPrinter,
      version: '9.9.9',
      now: () => Date.UTC(2026, 0, 5),
    }).create({
      runIds: runs.map((run) => run.id),
      format: 'html',
      language: 'en',
      ...more,
    });

  it('writes one self-contained file: no script, nothing from outside, every name escaped', async () => {
    const report = await create();
    expect(() => reportSchema.parse(report)).not.toThrow();
    const text = readFileSync(report.file, 'utf8');
    expect(text.length).toBe(readFileSync(report.file).toString('utf8').length);
    expect(text).not.toMatch(/<script|<img|<link|<iframe|onerror=alert\(1\)>/i);
    expect(text.match(/<\/style>/g)).toHaveLength(1);
    expect(text).not.toMatch(/(src|href|url\()\s*=?\s*["']?https?:/i);
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(workspace.listReports().map((entry) => entry.id)).toContain(report.id);
  });

  it('gives the same bytes for the same runs', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'voltcast-test-'));
    const [one, two] = [path.join(folder, 'one.html'), path.join(folder, 'deep', 'two.html')];
    await create({ out: one });
    await create({ out: two });
    expect(readFileSync(one)).toEqual(readFileSync(two));
    expect(readdirSync(folder)).toEqual(['deep', 'one.html']); // no temporary file left
  });

  it('says in one sentence how good, against what, and whether the interval can be trusted', async () => {
    const text = readFileSync((await create()).file, 'utf8').replace(/\s+/g, ' ');
    expect(text).toMatch(/forecasts load a day ahead with a mean error of [\d.]+ kWh/);
    expect(text).toMatch(/less than repeating the last known (week|day)/);
    expect(text).toMatch(/Its 80% interval held [\d.]+% of the readings/);
    expect(text).toContain('voltcast train plant');
    expect(text).toContain('ASHRAE Guideline 14');
    expect(text).toContain('R² 0.9999'); // of the leak: never rounded up to 1
  });

  it('speaks Spanish with Spanish numbers', async () => {
    const text = readFileSync((await create({ language: 'es' })).file, 'utf8');
    expect(text).toContain('<html lang="es">');
    expect(text).toContain('Informe de previsión');
    expect(text).toMatch(/error medio de \d+,\d+/);
    expect(text).not.toMatch(/Where it fails|Models compared|of the readings/);
  });

  it('draws the latest forecast of the run', async () => {
    expect(readFileSync((await create()).file, 'utf8')).not.toContain('using readings up to');
    workspace.addForecast(forecastOf(runs[0]));
    expect(readFileSync((await create()).file, 'utf8')).toContain('using readings up to');
  });

  it('hands the page to the printer for a PDF', async () => {
    const service = createReportService({
      workspace,
      printPdf: async (html, out) => writeFileSync(out, `%PDF ${html.length}`),
    });
    const report = await service.create({ runIds: [runs[0].id], format: 'pdf', language: 'en' });
    expect(report.file).toMatch(/reports[\\/]plant-.*\.pdf$/);
    expect(readFileSync(report.file, 'utf8')).toMatch(/^%PDF \d{4,}/);
  });

  it('leaves nothing behind when printing fails', async () => {
    const out = path.join(mkdtempSync(path.join(os.tmpdir(), 'voltcast-test-')), 'r.pdf');
    const before = workspace.listReports().length;
    await expect(create({ format: 'pdf', out })).rejects.toThrow('not asked for');
    expect(existsSync(out)).toBe(false);
    expect(workspace.listReports()).toHaveLength(before);
  });

  it('is about one dataset', async () => {
    const other = addDataset(workspace, frame, { dataset: 'other', contentHash: 'd'.repeat(64) });
    const { run } = await addEvaluatedRun(workspace, other, frame);
    await expect(create({ runIds: [runs[0].id, run.id] })).rejects.toMatchObject({
      code: 'runs-of-several-datasets',
    });
  });

  function forecastOf(run: RunSummary): Forecast {
    const origin = frame.time[frame.time.length - 1];
    return {
      id: 'f1',
      runId: run.id,
      recipe: run.recipe,
      dataset: 'plant',
      datasetVersion: 1,
      target: 'load',
      unit: 'kWh',
      timezone: 'UTC',
      frequency: 'PT1H',
      issuedAt: 5,
      origin,
      levels: [0.1, 0.5, 0.9],
      stamps: 'beginning',
      rows: Array.from({ length: 24 }, (_, i) => ({
        timestamp: '',
        t: origin + (i + 1) * 3.6e6,
        quantiles: { '0.1': 1, '0.5': 2 + i, '0.9': 50 },
      })),
      history: { t: [...frame.time.slice(-48)], actual: new Array<number>(48).fill(4) },
      device: null,
      warnings: [],
    };
  }
});
