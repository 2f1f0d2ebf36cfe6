/** @file Starts the bundled main process (out/main/index.js) under Node with a small `electron` in its place. */
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const frame = { url: 'voltcast://app/' };
class Window extends EventEmitter {
  webContents = Object.assign(new EventEmitter(), {
    mainFrame: frame,
    session: { setPermissionRequestHandler() {}, setPermissionCheckHandler() {} },
    setWindowOpenHandler() {},
    send() {},
  });
  loadURL = async () => this.emit('ready-to-show');
  show() {}
  isDestroyed = () => false;
  isFocused = () => true;
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {string} entry the bundle's index.js
 * @param {string} workspace its folder
 * @returns `call`: as the window's own frame; `answer`: as any sender, errors included; the run processes; `quit`
 */
export async function openBundle(entry, workspace) {
  const handlers = new Map();
  const children = [];
  const electron = {
    app: Object.assign(new EventEmitter(), {
      isPackaged: true,
      requestSingleInstanceLock: () => true,
      enableSandbox() {},
      whenReady: async () => undefined,
      getVersion: () => '0.0.0-bundle',
      quit: () => process.exit(0),
      exit: (code) => process.exit(code),
    }),
    BrowserWindow: Window,
    // asked when the run's process has not quite ended: quit
    dialog: { showMessageBoxSync: () => 1, showErrorBox: (title, text) => console.error(title, text) },
    ipcMain: { handle: (channel, handler) => handlers.set(channel, handler), removeHandler() {} },
    Menu: { buildFromTemplate: (template) => template, setApplicationMenu() {} },
    Notification: { isSupported: () => false },
    protocol: { registerSchemesAsPrivileged() {}, handle() {}, unhandle() {} },
    utilityProcess: {
      fork: (file, args) => {
        const child = fork(file, args, {
          stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
          serialization: 'advanced',
        });
        children.push(child);
        return Object.assign(child, { postMessage: (message) => child.send(message, () => undefined) });
      },
    },
  };
  globalThis.electronInPlace = electron;
  const source = Object.keys(electron)
    .map((name) => `export const ${name} = globalThis.electronInPlace.${name};`)
    .join('\n');
  registerHooks({
    resolve: (name, context, next) =>
      name === 'electron'
        ? { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true }
        : next(name, context),
  });

  process.argv = [process.execPath, entry, '--workspace', workspace];
  await import(pathToFileURL(entry).href);
  while (!handlers.has('voltcast:call')) await pause(50);
  const answer = (senderFrame, name, input) => handlers.get('voltcast:call')({ senderFrame }, name, input);
  const call = async (name, input) => {
    const { error, result } = await answer(frame, name, input);
    if (error) throw new Error(JSON.stringify(error));
    return result;
  };
  const ended = async (id) => {
    for (;;) {
      const run = await call('runs.get', { id });
      if (run.status !== 'queued' && run.status !== 'running') return run;
      await pause(200);
    }
  };
  return {
    call,
    answer,
    ended,
    children,
    quit: () => electron.app.emit('before-quit', { preventDefault() {} }),
  };
}
