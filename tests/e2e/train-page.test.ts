/** @file The Train page in real Chromium: what the one button trains, and that Chronos-2 is trained further only where it is wanted. */
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../src-main/server/server.ts';
import type { RunningServer } from '../../src-main/server/server.ts';
import { createApp } from '../../src-main/services/app.ts';
import type { App } from '../../src-main/services/app.ts';
import { expectAccessible } from '../support/accessible.ts';
import { chromiumPath, launchChromium } from '../support/chromium.ts';
import { pagesFolder, removeFolder, temporaryFolder } from '../support/folders.ts';
import { writeOfficeCsv } from '../support/series.ts';

describe.skipIf(chromiumPath === null)('the Train page', () => {
  let browser: Browser;
  let folder: string;
  let app: App;
  let server: RunningServer;

  beforeAll(async () => {
    folder = temporaryFolder('train-page');
    app = createApp({
      workspacePath: path.join(folder, 'workspace'),
      mode: 'browser',
      version: '0',
      printPdf: () => Promise.resolve(),
    });
    await app.imports.import(writeOfficeCsv(folder, 35), {});
    server = await startServer(app, { port: 0, staticFolder: pagesFolder });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await app.close();
    removeFolder(folder);
  });

  /** @param card whether the machine says that networks run on a graphics card of it */
  async function open(card: boolean): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    page.setDefaultTimeout(30_000);
    const gpu = { name: 'Card', kind: 'gpu', memoryBytes: 8e9, trees: null, networks: card };
    await page.route('**/api/system.devices', (route) => route.fulfill({ json: { result: [gpu] } }));
    const devices = page.waitForResponse('**/api/system.devices');
    await page.goto(server.address);
    await page.getByRole('navigation').getByRole('link', { name: 'Train', exact: true }).click();
    await devices;
    return page;
  }
  /** of a month: all that take no training, or learn in seconds */
  const quick = 11;
  const models = (isThorough: boolean): string => `${isThorough ? quick + 2 : quick} ready models learn`;
  const thorough = (page: Page) => page.getByRole('switch', { name: /Chronos-2/ });

  test('with a card the switch is on, and the number of models follows it', async () => {
    const page = await open(true);
    await page.getByText(models(true)).waitFor();
    expect(await thorough(page).isChecked()).toBe(true);
    await page.getByText('2 more models, after the others').waitFor();
    await expectAccessible(page);
    await thorough(page).focus();
    await page.keyboard.press('Space');
    await page.getByText(models(false)).waitFor();
    await page.close();
  }, 120_000);

  test('without one it is off; what is chosen is what is queued, that which takes long at the end', async () => {
    const page = await open(false);
    await page.getByText(models(false)).waitFor();
    expect(await thorough(page).isChecked()).toBe(false);
    await thorough(page).focus();
    await page.keyboard.press('Space');
    await page.getByText(models(true)).waitFor();
    await page.getByRole('button', { name: 'Train all that fit' }).click();
    await expect.poll(() => app.workspace.listRuns({ limit: 50, offset: 0 }).total).toBe(quick + 2);
    const { runs } = app.workspace.listRuns({ limit: 50, offset: 0 });
    for (const { id } of runs) app.manager.cancel(id);
    expect(runs.slice(0, 2).map((run) => run.modelType)).toEqual([
      'chronos2_covariates',
      'chronos2_finetuned',
    ]);
    await page.close();
  }, 120_000);
});
