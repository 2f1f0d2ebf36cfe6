/** Settings in a real browser: a model is looked up, downloaded and removed, by keyboard where it matters. */
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startServer } from '../../src-main/server/server.ts';
import type { RunningServer } from '../../src-main/server/server.ts';
import { createApp } from '../../src-main/services/app.ts';
import type { App } from '../../src-main/services/app.ts';
import { expectAccessible } from '../support/accessible.ts';
import { chromiumPath, launchChromium } from '../support/chromium.ts';
import { startHub } from '../support/fake-hub.ts';
import type { FakeHub } from '../support/fake-hub.ts';
import { pagesFolder, removeFolder, temporaryFolder } from '../support/folders.ts';
import { chronos2Files } from '../support/foundation-model.ts';

describe.skipIf(chromiumPath === null)('foundation models in the settings', () => {
  let root: string;
  let hub: FakeHub;
  let app: App;
  let server: RunningServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    root = temporaryFolder('foundation-page');
    vi.stubEnv('VOLTCAST_MODELS', path.join(root, 'models'));
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    vi.stubEnv('no_proxy', '127.0.0.1');
    hub = await startHub({
      'amazon/chronos-2': chronos2Files(),
      'some/other': chronos2Files({ licence: 'cc-by-nc-4.0' }),
    });
    app = createApp({
      workspacePath: path.join(root, 'workspace'),
      mode: 'browser',
      version: '0',
      printPdf: () => Promise.resolve(),
    });
    app.workspace.setSettings({ modelMirror: hub.address });
    server = await startServer(app, { port: 0, staticFolder: pagesFolder });
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, locale: 'en-GB' });
    page.setDefaultTimeout(15_000);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await app.close();
    await hub.close();
    vi.unstubAllEnvs();
    removeFolder(root);
  });

  const card = () =>
    page.locator('section', { has: page.getByRole('heading', { name: 'Foundation models' }) });
  const button = (name: string | RegExp) => page.getByRole('button', { name });

  test('looked up, downloaded, listed and removed', async () => {
    await page.goto(server.address);
    await page.getByRole('navigation').getByRole('link', { name: 'Settings', exact: true }).click();
    await button('Add model').focus();
    await page.keyboard.press('Enter');
    const name = page.getByRole('combobox', { name: 'Model' });
    await name.waitFor();
    await name.focus();
    await page.keyboard.press('Enter');
    await page.getByText('allows every use').waitFor();
    await expectAccessible(page);
    expect(await button(/^Download /).evaluate((node) => node === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await card().getByText('amazon/chronos-2', { exact: true }).waitFor();
    await page.getByText('Model added').waitFor();
    await expect.poll(() => card().textContent()).toContain('revision main (01234567)');
    await button('Remove amazon/chronos-2').click();
    await button('Remove').last().click();
    await page.getByText('Model removed').waitFor();
    expect(fs.existsSync(path.join(root, 'models', 'amazon--chronos-2'))).toBe(false);
  }, 60_000);

  test('a licence is accepted first; what is not there says so', async () => {
    await button('Add model').click();
    const name = page.getByRole('combobox', { name: 'Model' });
    await name.fill('amazon/nothing');
    await page.keyboard.press('Enter');
    await page.getByText('The model was not found').waitFor();
    await name.fill('some/other');
    await page.keyboard.press('Enter');
    const download = button(/^Download /);
    await download.waitFor();
    expect(await download.isDisabled()).toBe(true);
    await page.getByLabel('I have read this licence and accept it.').check();
    expect(await download.isDisabled()).toBe(false);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }, 60_000);
});
