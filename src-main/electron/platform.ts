/** @file The part of Electron that the shell uses, as one value, so that its code can be driven without Electron's binary. */
import type {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  protocol,
  utilityProcess,
} from 'electron';

export interface Platform {
  readonly app: typeof app;
  readonly BrowserWindow: typeof BrowserWindow;
  readonly dialog: typeof dialog;
  readonly ipcMain: typeof ipcMain;
  readonly Menu: typeof Menu;
  readonly Notification: typeof Notification;
  readonly protocol: typeof protocol;
  readonly utilityProcess: typeof utilityProcess;
}

export const scheme = 'voltcast';
export const origin = `${scheme}://app`;
