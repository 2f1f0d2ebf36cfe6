/** @file Electron's entry. Thin on purpose: everything it starts is tested without Electron's binary. */
import path from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, Notification, protocol, utilityProcess } from 'electron';
import { toErrorData } from '../../src-preload/contract/index.ts';
import { defaultWorkspacePath } from '../workspace/default-path.ts';
import type { Platform } from './platform.ts';
import { iconFile, registerScheme, startShell } from './shell.ts';
import { createUtilityHost } from './utility-host.ts';

const platform: Platform = {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  protocol,
  utilityProcess,
};

const valueOf = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : undefined;
};

if (!app.requestSingleInstanceLock()) app.quit();
else {
  app.enableSandbox();
  registerScheme(platform);
  const out = path.resolve(import.meta.dirname, '..');
  startShell(platform, {
    workspacePath: path.resolve(valueOf('--workspace') ?? defaultWorkspacePath()),
    version: app.getVersion(),
    pagesFolder: path.join(out, 'renderer'),
    preload: path.join(out, 'preload', 'index.cjs'),
    icon: iconFile(path.resolve(out, '..', 'resources')),
    args: process.argv,
    processHost: createUtilityHost(platform.utilityProcess),
  }).catch((thrown: unknown) => {
    const error = toErrorData(thrown);
    dialog.showErrorBox('Voltcast cannot start', [error.message, error.hint].filter(Boolean).join('\n\n'));
    app.exit(1);
  });
}
