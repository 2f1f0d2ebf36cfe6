import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startShell } from '../../src-main/electron/shell.ts';
import { chromiumPath, launchChromium } from '../support/chromium.ts';
import { pagesFolder, removeFolder, temporaryFolder } from '../support/folders.ts';
import { createStandIn } from './stand-in.ts';

describe.skipIf(chromiumPath === null)('the desktop shell, in real Chromium', () => {
  let browser: Browser;
  let folder: string;
  let closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(() => {
    folder = temporaryFolder('shell');
  });
  afterEach(async () => {
    for (const close of closers.reverse()) await close();
    closers = [];
    removeFolder(folder);
  });

  async function start(args: readonly string[] = [], answers: number[] = []) {
    const electron = await createStandIn(browser);
    electron.dialogs.answers.push(...answers);
    const shell = await startShell(electron.platform, {
      workspacePath: path.join(folder, 'workspace'),
      version: '0.0.0-test',
      pagesFolder,
      preload: 'preload.cjs',
      icon: null,
      args,
    });
    closers.push(async () => {
      await shell.close();
      electron.windows.forEach((window) => window.destroy());
    });
    const window = electron.windows[0]!;
    const problems: string[] = [];
    await window.loaded;
    window.page!.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    window.page!.on('pageerror', (error) => problems.push(error.message));
    return { ...electron, shell, window, page: window.page!, problems };
  }

  test('shows the pages, and a call goes through the bridge to the workspace and back', async () => {
    const { page, problems } = await start();
    await page.getByRole('navigation').first().waitFor();
    const info = await page.evaluate(() =>
      (window as unknown as { voltcast: { call(n: string, i: unknown): Promise<unknown> } }).voltcast.call(
        'system.info',
        {},
      ),
    );
    expect(info).toMatchObject({
      result: { mode: 'electron', version: '0.0.0-test', workspace: { readOnly: false } },
    });
    expect(problems).toEqual([]);
  });

  test('the window is sandboxed, isolated and without Node', async () => {
    const { window } = await start();
    expect(window.options['webPreferences']).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
  });

  test('navigation, new windows and permissions are refused', async () => {
    const { window } = await start();
    for (const [url, allowed] of [
      ['https://example.org/', false],
      ['voltcast://application/', false],
      ['file:///etc/passwd', false],
      ['voltcast://app/index.html', true],
    ] as const) {
      let prevented = false;
      window.webContents.emit('will-navigate', { url, preventDefault: () => (prevented = true) });
      expect([url, prevented]).toEqual([url, !allowed]);
    }
    expect(window.openHandler?.({ url: 'https://example.org' })).toEqual({ action: 'deny' });
    const answers: boolean[] = [];
    window.permission?.(null, 'geolocation', (allowed) => answers.push(allowed));
    expect(answers).toEqual([false]);
  });

  test('a call from another frame or another page is refused', async () => {
    const { window } = await start();
    const call = (frame: unknown) => window.invoke('voltcast:call', ['settings.get', {}], frame);
    expect(await call({ url: 'voltcast://app/' })).toMatchObject({ error: { code: 'sender-not-allowed' } });
    expect(await call(null)).toMatchObject({ error: { code: 'sender-not-allowed' } });
    window.mainFrame.url = 'https://example.org/';
    expect(await call(window.mainFrame)).toMatchObject({ error: { code: 'sender-not-allowed' } });
    window.mainFrame.url = 'voltcast://app/';
    expect(await call(window.mainFrame)).toHaveProperty('result');
  });

  test('pages come from their folder only', async () => {
    const { protocols } = await start();
    const get = (address: string) => protocols.get('voltcast')!(new Request(address));
    expect((await get('voltcast://app/')).status).toBe(200);
    expect((await get('voltcast://app/')).headers.get('content-security-policy')).toContain(
      "script-src 'self'",
    );
    for (const address of [
      'voltcast://app/../package.json',
      'voltcast://app/%2e%2e/%2e%2e/package.json',
      'voltcast://app/..%2f..%2fpackage.json',
      'voltcast://app/%',
    ])
      expect((await get(address)).status).toBe(404);
    expect((await get('voltcast://other/')).status).toBe(403);
  });

  test('files of a start, a second start and "Open with" reach the page', async () => {
    const file = path.join(folder, 'load.csv');
    fs.writeFileSync(file, 'time,load\n2024-01-01 00:00,1\n');
    const { page, app } = await start();
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(window, { seenFiles: seen });
      (
        window as unknown as { voltcast: { onOpenFiles(l: (f: string[]) => void): void } }
      ).voltcast.onOpenFiles((files) => seen.push(...files));
    });
    app.emit('second-instance', {}, ['voltcast', '--flag', file, path.join(folder, 'missing.csv')], folder);
    app.emit('open-file', { preventDefault: () => undefined }, file);
    await expect
      .poll(() => page.evaluate(() => (window as unknown as { seenFiles: string[] }).seenFiles))
      .toEqual([file, file]);
  });

  test('a second instance on the workspace is told so and offered read-only', async () => {
    await start();
    const second = await start([], [0]);
    expect(second.dialogs.asked[0]?.message).toMatch(/workspace/i);
    const answer = await second.window.invoke(
      'voltcast:call',
      ['settings.set', { theme: 'dark' }],
      second.window.mainFrame,
    );
    expect(answer).toMatchObject({ error: { code: 'read-only' } });
  });

  test('quitting without running jobs closes the workspace, then quits', async () => {
    const { app } = await start();
    closers = [];
    let prevented = false;
    app.emit('before-quit', { preventDefault: () => (prevented = true) });
    expect(prevented).toBe(true);
    await expect.poll(() => app.quits).toBe(1);
  });
});

describe('packaging', () => {
  test('the fuses of the installed app are closed', async () => {
    const load = createRequire(import.meta.url);
    const { fuses } = load('../../build/after-pack.cjs') as { fuses: Record<string, boolean> };
    expect(fuses).toMatchObject({
      RunAsNode: false,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      GrantFileProtocolExtraPrivileges: false,
    });
  });
});
