/** @file The main side of the bridge: calls from our own page in, events out. */
import type { BrowserWindow, IpcMainInvokeEvent } from 'electron';
import type { ErrorData } from '../../src-preload/contract/index.ts';
import { callChannel, eventChannel } from '../../src-preload/bridge/channels.ts';
import type { Api } from '../api/router.ts';
import type { App } from '../services/app.ts';
import { origin } from './platform.ts';
import type { Platform } from './platform.ts';

const refused: { error: ErrorData } = {
  error: { code: 'sender-not-allowed', message: 'This page may not call the app.' },
};

/** Only the main frame of our window, showing our own page, may call. */
export function isOwnSender(event: Pick<IpcMainInvokeEvent, 'senderFrame'>, window: BrowserWindow): boolean {
  const frame = event.senderFrame;
  if (frame === null || frame !== window.webContents.mainFrame) return false;
  try {
    const url = new URL(frame.url);
    return `${url.protocol}//${url.host}` === origin;
  } catch {
    return false;
  }
}

/** Connects one window; returns the function that disconnects it. */
export function connectBridge(platform: Platform, window: BrowserWindow, app: App, api: Api): () => void {
  platform.ipcMain.handle(callChannel, (event, name: unknown, input: unknown) => {
    if (!isOwnSender(event, window)) return refused;
    return api.answer(String(name), input);
  });
  const stop = app.bus.on((event) => {
    if (!window.isDestroyed()) window.webContents.send(eventChannel, event);
  });
  return () => {
    stop();
    platform.ipcMain.removeHandler(callChannel);
  };
}
