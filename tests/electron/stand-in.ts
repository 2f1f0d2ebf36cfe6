/**
 * @file Electron's part played by real Chromium, for machines without Electron's binary. The shell's own code, the real
 * preload script and the built pages run; only the window, the channels and the dialogs between them are stood in for.
 */
import { EventEmitter } from 'node:events';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import type { Platform } from '../../src-main/electron/platform.ts';
import { projectRoot } from '../support/folders.ts';

/** Chromium has no custom schemes from outside, so the app's origin is mapped to this one and back. */
const mappedOrigin = 'http://voltcast.test';
const toMapped = (address: string): string => address.replace(/^voltcast:\/\/app/, mappedOrigin);
const fromMapped = (address: string): string => address.replace(mappedOrigin, 'voltcast://app');

type InvokeHandler = (event: unknown, ...args: unknown[]) => unknown;
export interface Dialogs {
  /** index of the button to press, per question */
  answers: number[];
  asked: { message: string; detail?: string }[];
  openFiles: string[];
}

/** The preload script as Electron would load it: one CommonJS file that may require `electron` only. */
async function bundlePreload(): Promise<string> {
  const bundle = await rolldown({
    input: path.join(projectRoot, 'src-preload', 'bridge', 'preload.ts'),
    external: ['electron'],
  });
  const { output } = await bundle.generate({ format: 'cjs' });
  return output[0].code;
}

/** What a sandboxed preload script finds as `electron`, over the functions that Playwright exposes. */
const preloadHost = `
  const listeners = new Map();
  window.__deliver = (channel, payload) => (listeners.get(channel) ?? []).forEach((listener) => listener({}, payload));
  const electron = {
    contextBridge: { exposeInMainWorld: (name, value) => Object.defineProperty(window, name, { value }) },
    ipcRenderer: {
      invoke: (channel, ...args) => window.__invoke(channel, args),
      on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      off: (channel, listener) => listeners.set(channel, (listeners.get(channel) ?? []).filter((entry) => entry !== listener)),
    },
    webUtils: { getPathForFile: (file) => '/dropped/' + file.name },
  };
  const process = { platform: 'linux' };
  const require = (name) => { if (name !== 'electron') throw new Error('a sandboxed preload may not require ' + name); return electron; };
  const exports = {}; const module = { exports };
`;

export async function createStandIn(browser: Browser) {
  const preload = await bundlePreload();
  const handlers = new Map<string, InvokeHandler>();
  const protocols = new Map<string, (request: Request) => Promise<Response>>();
  const dialogs: Dialogs = { answers: [], asked: [], openFiles: [] };
  const windows: StandInWindow[] = [];
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    quits: 0,
    whenReady: async () => undefined,
    quit() {
      this.quits += 1;
    },
  });

  class StandInWindow extends EventEmitter {
    readonly options: Record<string, unknown>;
    readonly webContents: EventEmitter;
    page: Page | null = null;
    focused = true;
    loaded: Promise<void> = Promise.resolve();
    openHandler: ((details: { url: string }) => { action: string }) | null = null;
    permission: ((contents: unknown, name: string, answer: (allowed: boolean) => void) => void) | null = null;
    readonly mainFrame = { url: 'voltcast://app/' };
    private destroyed = false;

    constructor(options: Record<string, unknown>) {
      super();
      this.options = options;
      windows.push(this);
      this.webContents = Object.assign(new EventEmitter(), {
        mainFrame: this.mainFrame,
        session: {
          setPermissionRequestHandler: (handler: StandInWindow['permission']) => {
            this.permission = handler;
          },
          setPermissionCheckHandler: () => undefined,
        },
        setWindowOpenHandler: (handler: StandInWindow['openHandler']) => {
          this.openHandler = handler;
        },
        send: (channel: string, payload: unknown) =>
          void this.page
            ?.evaluate(
              ([name, value]) =>
                (window as unknown as { __deliver(c: unknown, p: unknown): void }).__deliver(name, value),
              [channel, payload] as const,
            )
            .catch(() => undefined), // the page is closing
        printToPDF: async () => {
          if (this.page === null) throw new Error('no page');
          return this.page.pdf({ printBackground: true, preferCSSPageSize: true });
        },
      });
    }

    loadURL(address: string): Promise<void> {
      this.loaded = this.open(address);
      return this.loaded;
    }

    private async open(address: string): Promise<void> {
      const context = await browser.newContext({
        viewport: { width: 1440, height: 900 },
        javaScriptEnabled: (this.options['webPreferences'] as { javascript?: boolean }).javascript !== false,
      });
      this.page = await context.newPage();
      if (address.startsWith('voltcast:')) {
        await this.page.exposeFunction('__invoke', (channel: string, args: unknown[]) =>
          this.invoke(channel, args, this.mainFrame),
        );
        await this.page.addInitScript({
          content: `(() => { ${preloadHost}\n(() => { ${preload}\n})(); })();`,
        });
        await this.page.route(`${mappedOrigin}/**`, async (route) => {
          const handler = protocols.get('voltcast');
          if (handler === undefined) return route.abort(); // the shell has closed
          const answer = await handler(new Request(fromMapped(route.request().url())));
          return route.fulfill({
            status: answer.status,
            headers: Object.fromEntries(answer.headers),
            body: Buffer.from(await answer.arrayBuffer()),
          });
        });
      }
      await this.page.goto(toMapped(address));
      this.webContents.emit('did-finish-load');
      this.emit('ready-to-show');
    }

    /** A call as Electron would hand it to the main process, from any frame. */
    async invoke(channel: string, args: unknown[], senderFrame: unknown): Promise<unknown> {
      const handler = handlers.get(channel);
      if (handler === undefined) throw new Error(`no handler for ${channel}`);
      return handler({ senderFrame }, ...args);
    }

    show(): void {
      this.emit('show');
    }
    isDestroyed = (): boolean => this.destroyed;
    isFocused = (): boolean => this.focused;
    isMinimized = (): boolean => false;
    focus = (): void => undefined;
    reload = (): void => undefined;
    destroy(): void {
      this.destroyed = true;
      void this.page?.context().close();
    }
  }

  const notifications: string[] = [];
  const platform = {
    app,
    BrowserWindow: StandInWindow,
    dialog: {
      showMessageBoxSync: (...args: unknown[]) => {
        dialogs.asked.push(args.at(-1) as Dialogs['asked'][number]);
        return dialogs.answers.shift() ?? 0;
      },
      showOpenDialog: async () => ({ canceled: false, filePaths: dialogs.openFiles }),
    },
    ipcMain: {
      handle: (channel: string, handler: InvokeHandler) => handlers.set(channel, handler),
      removeHandler: (channel: string) => handlers.delete(channel),
    },
    Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => undefined },
    Notification: Object.assign(
      class {
        constructor(options: { title: string }) {
          notifications.push(options.title);
        }
        show(): void {
          // shown by the system, which is not here
        }
      },
      { isSupported: () => true },
    ),
    protocol: {
      registerSchemesAsPrivileged: () => undefined,
      handle: (name: string, handler: (request: Request) => Promise<Response>) =>
        protocols.set(name, handler),
      unhandle: (name: string) => protocols.delete(name),
    },
    utilityProcess: {},
  };
  return {
    platform: platform as unknown as Platform,
    app,
    dialogs,
    windows,
    handlers,
    protocols,
    notifications,
  };
}
