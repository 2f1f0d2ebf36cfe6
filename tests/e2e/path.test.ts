/**
 * @file The whole path in real Chromium, as a user goes it: drop a file, train, watch, compare, forecast, download the
 * report. `VOLTCAST_SCREENSHOTS=1` uses a year of 15-minute data and keeps the pictures in docs/screenshots.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSteelSample } from '../../src-main/data/sample/generate.ts';
import { portfolioFor } from '../../src-main/recipes/portfolio.ts';
import { printPdfWithChromium } from '../../src-main/reports/print-chromium.ts';
import { startServer } from '../../src-main/server/server.ts';
import type { RunningServer } from '../../src-main/server/server.ts';
import { createApp } from '../../src-main/services/app.ts';
import type { App } from '../../src-main/services/app.ts';
import { expectAccessible } from '../support/accessible.ts';
import { chromiumPath, launchChromium } from '../support/chromium.ts';
import { pagesFolder, projectRoot, removeFolder, temporaryFolder } from '../support/folders.ts';
import { writeOfficeCsv } from '../support/series.ts';

const keepPictures = process.env['VOLTCAST_SCREENSHOTS'] !== undefined;
const patience = keepPictures ? 540_000 : 240_000;

describe.skipIf(chromiumPath === null)('from a dropped file to a report', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let app: App;
  let server: RunningServer;
  let file: string;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = temporaryFolder('e2e');
    app = createApp({
      workspacePath: path.join(folder, 'workspace'),
      mode: 'browser',
      version: '0.0.0-test',
      printPdf: printPdfWithChromium,
    });
    server = await startServer(app, { port: 0, staticFolder: pagesFolder });
    browser = await launchChromium();
    page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      colorScheme: 'light',
      locale: 'en-GB',
      acceptDownloads: true,
    });
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    file = keepPictures ? path.join(folder, 'steel_plant.csv') : writeOfficeCsv(folder, 16);
    if (keepPictures) fs.writeFileSync(file, generateSteelSample(7));
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await app.close();
    removeFolder(folder);
  });

  /** In both colour schemes; the page is left light. */
  async function picture(name: string): Promise<void> {
    if (!keepPictures) return;
    for (const scheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.waitForTimeout(600);
      await page.screenshot({ path: path.join(projectRoot, 'docs', 'screenshots', `${name}-${scheme}.png`) });
    }
  }
  const goTo = (name: string) =>
    page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  const heading = (name: string | RegExp) => page.getByRole('heading', { name }).first().waitFor();

  test('the first start says what to do', async () => {
    await page.goto(server.address);
    await heading('Forecast your electrical load');
    expect(page.url()).not.toContain('token');
    await picture('first-start');
    await expectAccessible(page);
  });

  test('a dropped file is previewed, then imported', async () => {
    const transfer = await page.evaluateHandle(
      ([name, text]) => {
        const data = new DataTransfer();
        data.items.add(new File([text!], name!, { type: 'text/csv' }));
        return data;
      },
      [path.basename(file), fs.readFileSync(file, 'utf8')],
    );
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    const dialog = page.getByRole('dialog');
    await dialog.getByText('First rows, as read').waitFor();
    await picture('import');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Load curve').first().waitFor();
    await page.waitForTimeout(500);
    await picture('data');
    await expectAccessible(page);
  });

  test('one click trains every model that fits, live to the end', async () => {
    await goTo('Train');
    await heading('Train');
    await picture('train');
    await expectAccessible(page);
    const [dataset] = app.workspace.listDatasets();
    const models = portfolioFor(app.workspace.getDatasetVersion(dataset!.name).version).recipes.length;
    await page.getByText(`${models} ready models learn`).waitFor();
    await page.getByRole('button', { name: 'Train all that fit' }).click();
    await heading('Runs');
    await page.getByRole('progressbar').first().waitFor();
    await picture('runs-live');
    await expect
      .poll(() => app.workspace.listRuns({ limit: 50, offset: 0 }).runs.map((run) => run.status), {
        timeout: patience,
        interval: 500,
      })
      .toEqual(Array.from({ length: models }, () => 'succeeded'));
    await expect.poll(() => page.getByText('Succeeded').count()).toBeGreaterThanOrEqual(models);
    await page.getByText('Champion').first().waitFor();
    await picture('runs');
    await expectAccessible(page);
  }, 600_000);

  test('a run explains itself', async () => {
    const champion = app.workspace.championOf(app.workspace.listExperiments()[0]!.name)!;
    await page.goto(`${server.address.split('?')[0]}#/runs/${champion.id}`);
    await page.getByText('better than').first().waitFor();
    await page.getByText('Error by lead time').waitFor();
    await page.waitForTimeout(800);
    await picture('run');
    await expectAccessible(page);
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByText('recorded in experiment').waitFor();
  });

  test('its Explain tab says what drives it, and why one value', async () => {
    const boosted = app.workspace
      .listRuns({ limit: 50, offset: 0 })
      .runs.find((run) => run.modelType === 'xgboost')!;
    await page.goto(`${server.address.split('?')[0]}#/runs/${boosted.id}`);
    await page.getByRole('tab', { name: 'Explain' }).click();
    await page.getByText('How values act').waitFor({ timeout: 60_000 });
    await page.getByText(/^Prediction for .* against the usual level/).waitFor();
    // a second moment is another answer of the same thread
    const before = await page.getByText(/^Prediction for /).textContent();
    await page.getByRole('button', { name: 'One step earlier' }).click();
    await expect
      .poll(() => page.getByText(/^Prediction for /).textContent(), { timeout: 30_000 })
      .not.toBe(before);
    await page.waitForTimeout(500);
    await picture('explain');
    await expectAccessible(page);
  }, 120_000);

  test('its model leaves in the format of another library and comes back', async () => {
    await page.getByRole('tab', { name: 'Files' }).click();
    await page.getByRole('button', { name: 'Export model' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'LightGBM (text)' }).click(),
    ]);
    const model = path.join(folder, 'boosted.txt');
    await download.saveAs(model);
    expect(fs.readFileSync(model, 'utf8').slice(0, 5)).toBe('tree\n');
    await goTo('Settings');
    await page.getByTestId('model-input').setInputFiles(model);
    await page.getByText('Model imported').waitFor();
    await page.getByText(/^LightGBM · .* trees/).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Remove boosted' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No imported model yet').waitFor();
  }, 60_000);

  test('runs compare side by side', async () => {
    const ids = app.workspace.listRuns({ limit: 50, offset: 0 }).runs.map((run) => run.id);
    await page.goto(`${server.address.split('?')[0]}#/compare?ids=${ids.join(',')}`);
    await page.getByText('Leaderboard').waitFor();
    await page.getByText('Reference').first().waitFor();
    await page.waitForTimeout(800);
    await picture('compare');
    await expectAccessible(page);
  });

  test('the best of them become an ensemble', async () => {
    await page.getByRole('button', { name: 'Combine the three best' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Baselines and ensembles are not combined').waitFor();
    expect(await dialog.getByRole('listitem').count()).toBeGreaterThanOrEqual(2);
    await page.waitForTimeout(400);
    await picture('combine');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Train ensemble' }).click();
    await heading(/Ensemble of the \d best/);
    const newest = () => app.workspace.listRuns({ limit: 1, offset: 0 }).runs[0]!;
    await expect.poll(() => newest().status, { timeout: patience, interval: 500 }).toBe('succeeded');
    expect(newest()).toMatchObject({
      modelType: 'ensemble_ridge',
      recipe: expect.stringMatching(/^Ensemble of the \d best/),
    });
    expect(newest().splitKey).toBe(app.workspace.listRuns({ limit: 2, offset: 0 }).runs[1]!.splitKey);
  }, 330_000);

  test('the champion forecasts, and its forecast is downloaded', async () => {
    await goTo('Forecast');
    await page.getByRole('button', { name: 'Make forecast' }).click();
    await page.getByText('Energy expected').waitFor();
    await page.waitForTimeout(800);
    await picture('forecast');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV' }).click(),
    ]);
    const rows = fs
      .readFileSync((await download.path())!, 'utf8')
      .trim()
      .split('\n');
    expect(rows.length).toBe(1 + (keepPictures ? 96 : 24));
  });

  test('the report is downloaded, as a page and as PDF', async () => {
    for (const [item, name, start] of [
      ['As a web page (HTML)', /\.html$/, '<!doctype html>'],
      ['As PDF', /\.pdf$/, '%PDF-'],
    ] as const) {
      await page.getByRole('button', { name: 'Report' }).first().click();
      const [download] = await Promise.all([
        page.waitForEvent('download', { timeout: 60_000 }),
        page.getByRole('menuitem', { name: item }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(name);
      const content = fs.readFileSync((await download.path())!);
      expect(content.subarray(0, 15).toString('latin1').toLowerCase()).toContain(start.toLowerCase());
    }
  }, 120_000);

  test('settings, in Spanish and by keyboard', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await heading('Settings');
    await picture('settings');
    await expectAccessible(page);
    await app.workspace.setSettings({ language: 'es' });
    await page.reload();
    await heading('Ajustes');
    await app.workspace.setSettings({ language: 'system' });
  });

  test('nothing went wrong behind the pages', () => expect(problems).toEqual([]));
});
