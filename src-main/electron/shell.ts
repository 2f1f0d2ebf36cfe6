/** @file The life of the desktop app: one instance, one window, one workspace, and a question before running jobs are lost. */
import fs from 'node:fs';
import path from 'node:path';
import type { BrowserWindow } from 'electron';
import { AppError, isOver } from '../../src-preload/contract/index.ts';
import { openFilesChannel } from '../../src-preload/bridge/channels.ts';
import { createApi } from '../api/router.ts';
import { createApp } from '../services/app.ts';
import type { App, AppOptions } from '../services/app.ts';
import { connectBridge } from './bridge.ts';
import { setMenu } from './menu.ts';
import { filesInArguments } from './open-files.ts';
import { createPageHandler } from './pages.ts';
import { scheme } from './platform.ts';
import type { Platform } from './platform.ts';
import { createPdfPrinter } from './print-pdf.ts';
import { createWindow } from './window.ts';

export interface ShellOptions {
  readonly workspacePath: string;
  readonly version: string;
  readonly pagesFolder: string;
  readonly preload: string;
  readonly icon: string | null;
  readonly args: readonly string[];
  readonly processHost?: AppOptions['processHost'];
}

/** Must run before the app is ready. */
export function registerScheme(platform: Platform): void {
  platform.protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** A second instance on the workspace, e.g. the command line training, leaves this one reading. */
function openApp(platform: Platform, options: ShellOptions): App {
  const appOptions: AppOptions = {
    workspacePath: options.workspacePath,
    mode: 'electron',
    version: options.version,
    printPdf: createPdfPrinter(platform),
    ...(options.processHost === undefined ? {} : { processHost: options.processHost }),
  };
  try {
    return createApp(appOptions);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'workspace-locked') throw thrown;
    const choice = platform.dialog.showMessageBoxSync({
      type: 'question',
      message: thrown.message,
      detail: 'You can look at everything, but not change it, until the other one is closed.',
      buttons: ['Open read-only', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    });
    if (choice === 1) throw thrown;
    return createApp({ ...appOptions, readOnly: true });
  }
}

/**
 * Starts the shell once `platform.app` is ready. Resolves with the window and a function that closes everything.
 * @throws AppError of the workspace, e.g. `workspace-corrupt`
 */
export async function startShell(
  platform: Platform,
  options: ShellOptions,
): Promise<{ app: App; window: BrowserWindow; close(): Promise<void> }> {
  await platform.app.whenReady();
  const app = openApp(platform, options);
  const api = createApi(app);
  platform.protocol.handle(scheme, createPageHandler(options.pagesFolder, app, api));
  const window = createWindow(platform, { preload: options.preload, icon: options.icon });
  const disconnect = connectBridge(platform, window, app, api);

  const openFiles = (files: readonly string[]): void => {
    if (files.length === 0 || window.isDestroyed()) return;
    window.webContents.send(openFilesChannel, files);
  };
  const chooseFiles = async (): Promise<void> => {
    const chosen = await platform.dialog.showOpenDialog(window, {
      properties: ['openFile', 'multiSelections'],
      filters: [{ name: 'Data', extensions: ['csv', 'tsv', 'txt', 'gz', 'parquet'] }],
    });
    openFiles(chosen.filePaths);
  };
  setMenu(platform, { openFile: () => void chooseFiles() });
  window.webContents.on('did-finish-load', () => openFiles(filesInArguments(options.args, process.cwd())));
  platform.app.on('second-instance', (_event, args, cwd) => {
    if (window.isMinimized()) window.restore();
    window.focus();
    openFiles(filesInArguments(args, cwd));
  });
  platform.app.on('open-file', (event, file) => {
    event.preventDefault();
    openFiles([file]);
  });
  window.webContents.on('render-process-gone', () => window.reload());
  notifyWhenAway(platform, window, app);

  const close = async (): Promise<void> => {
    disconnect();
    platform.protocol.unhandle(scheme);
    await app.close();
  };
  guardQuit(platform, window, app, close);
  return { app, window, close };
}

/** A run that ends while the user looks elsewhere says so. */
function notifyWhenAway(platform: Platform, window: BrowserWindow, app: App): void {
  const seen = new Set<string>();
  app.bus.on((event) => {
    if (event.type !== 'run' || !isOver(event.run.status) || seen.has(event.run.id)) return;
    seen.add(event.run.id);
    if (window.isDestroyed() || window.isFocused() || !platform.Notification.isSupported()) return;
    new platform.Notification({
      title: `Voltcast: ${event.run.recipe}`,
      body: event.run.error?.message ?? event.run.status,
    }).show();
  });
}

/** Quitting while runs are going asks first; interrupted runs can be resumed. */
function guardQuit(platform: Platform, window: BrowserWindow, app: App, close: () => Promise<void>): void {
  let closing = false;
  platform.app.on('before-quit', (event) => {
    if (closing) return;
    event.preventDefault();
    const active = app.manager.activeCount();
    if (active > 0) {
      const choice = platform.dialog.showMessageBoxSync(window, {
        type: 'question',
        message: active === 1 ? 'A run is still going.' : `${active} runs are still going.`,
        detail: 'If you quit, they are interrupted. You can resume them from their last completed step.',
        buttons: ['Keep running', 'Quit'],
        defaultId: 0,
        cancelId: 0,
      });
      if (choice === 0) return;
    }
    closing = true;
    void close().finally(() => platform.app.quit());
  });
  platform.app.on('window-all-closed', () => platform.app.quit());
}

/** The file of an icon, where it is there. */
export function iconFile(resourcesFolder: string): string | null {
  const file = path.join(resourcesFolder, 'icons', 'icon.png');
  return fs.existsSync(file) ? file : null;
}
