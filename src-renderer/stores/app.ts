/** @file What the whole app knows: system, settings, connection. */
import { createStore, useStore } from 'zustand';
import type { Settings, SystemInfo } from '../../src-preload/contract/index.ts';
import { call } from './client.ts';
import type { Call, Connection } from './client.ts';
import { failed, idle, loading } from './resource.ts';
import type { Resource } from './resource.ts';

export interface AppState {
  readonly system: Resource<SystemInfo>;
  readonly settings: Settings;
  readonly connection: Connection;
  load(): Promise<void>;
  loadSystem(): Promise<void>;
  /** Shown at once, taken back if the other side refuses. */
  change(set: Partial<Settings>): Promise<void>;
  connected(state: Connection): void;
}

export const defaultSettings: Settings = {
  language: 'system',
  theme: 'system',
  parallelRuns: 1,
  country: null,
  proxy: null,
  modelMirror: null,
};

export const createAppStore = (api: Call) =>
  createStore<AppState>()((set, get) => ({
    system: idle,
    settings: defaultSettings,
    connection: 'connecting',
    load: async () => {
      await Promise.all([
        get().loadSystem(),
        api('settings.get', {}).then(
          (settings) => set({ settings }),
          () => undefined, // the defaults do; the same cause is shown by the system's failure
        ),
      ]);
    },
    loadSystem: async () => {
      set((state) => ({ system: loading(state.system) }));
      try {
        set({ system: { status: 'ready', value: await api('system.info', {}) } });
      } catch (thrown) {
        set((state) => ({ system: failed(state.system, thrown) }));
      }
    },
    change: async (changed) => {
      const before = get().settings;
      set({ settings: { ...before, ...changed } });
      try {
        set({ settings: await api('settings.set', changed) });
      } catch (thrown) {
        set({ settings: before });
        throw thrown;
      }
    },
    connected: (connection) => set({ connection }),
  }));

export const appStore = createAppStore(call);
export const useApp = <T>(select: (state: AppState) => T): T => useStore(appStore, select);

/** true when another instance writes to this workspace, so nothing here may change it */
export const useReadOnly = (): boolean =>
  useApp((state) =>
    state.system.status === 'ready' || state.system.status === 'loading'
      ? (state.system.value?.workspace.readOnly ?? false)
      : false,
  );
