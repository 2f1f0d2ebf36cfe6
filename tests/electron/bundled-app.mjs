/**
 * @file Runs the bundled main process (out/main/index.js) under Node with a small `electron` in its place, does one
 * import and one run through the bridge, prints the outcome as JSON, and ends.
 */
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , entry, workspace] = process.argv;
const handlers = new Map();
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
      const child = fork(file, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' });
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
while (!handlers.has('voltcast:call')) await new Promise((resolve) => setTimeout(resolve, 50));
const call = async (name, input) => {
  const answer = await handlers.get('voltcast:call')({ senderFrame: null }, name, input);
  return answer;
};
// the window's own frame is the only sender that may call
const refused = await call('settings.get', {});
const own = async (name, input) => {
  const answer = await handlers.get('voltcast:call')({ senderFrame: frame }, name, input);
  if (answer.error) throw new Error(JSON.stringify(answer.error));
  return answer.result;
};
const dataset = await own('datasets.importSample', {});
const recipes = await own('recipes.list', {});
const { runIds } = await own('runs.start', {
  dataset: dataset.dataset,
  recipes: ['seasonal_naive_config.yaml'],
});
let run;
do {
  await new Promise((resolve) => setTimeout(resolve, 200));
  run = await own('runs.get', { id: runIds[0] });
} while (run.status === 'queued' || run.status === 'running');
console.log(
  JSON.stringify({
    refused: refused.error?.code,
    rows: dataset.rows,
    recipes: recipes.length,
    status: run.status,
    error: run.error,
    mae: run.metrics?.mae,
  }),
);
electron.app.emit('before-quit', { preventDefault() {} });
