/** @file The bridge itself: three functions and two facts, nothing of Electron or Node reaches the page. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { AppEvent, ErrorData } from '../contract/index.ts';
import { callChannel, eventChannel, openFilesChannel } from './channels.ts';
import type { VoltcastBridge } from './types.ts';

/** The event object carries the sender, so only the payload is handed on. */
function listen<T>(channel: string, listener: (payload: T) => void): () => void {
  const relay = (_event: unknown, payload: T): void => listener(payload);
  ipcRenderer.on(channel, relay);
  return () => {
    ipcRenderer.off(channel, relay);
  };
}

const bridge: VoltcastBridge = {
  call: (name, input) =>
    ipcRenderer.invoke(callChannel, name, input) as Promise<{ result: unknown } | { error: ErrorData }>,
  onEvent: (listener) => listen<AppEvent>(eventChannel, listener),
  onOpenFiles: (listener) => listen<readonly string[]>(openFilesChannel, listener),
  pathForFile: (file) => webUtils.getPathForFile(file),
  platform: process.platform,
};

contextBridge.exposeInMainWorld('voltcast', bridge);
