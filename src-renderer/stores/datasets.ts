/** @file The datasets of the workspace, and the one that all pages look at. */
import { createStore, useStore } from 'zustand';
import type { AppEvent, DatasetSummary } from '../../src-preload/contract/index.ts';
import { call } from './client.ts';
import type { Call } from './client.ts';
import { failed, idle, loading, valueOf } from './resource.ts';
import type { Resource } from './resource.ts';

export interface DatasetsState {
  readonly list: Resource<readonly DatasetSummary[]>;
  /** name of the dataset in use; null while there is none */
  readonly selected: string | null;
  load(): Promise<void>;
  select(name: string): void;
  hear(events: readonly AppEvent[]): void;
}

/** Remembers one short text over restarts; a private window may refuse, which costs only the memory. */
export interface Memory {
  get(): string | null;
  set(value: string): void;
}

export const localMemory = (key: string): Memory => ({
  get: () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set: (value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // storage is switched off
    }
  },
});

/** Keeps what was chosen as long as it exists, else the dataset imported last. */
export function choose(list: readonly DatasetSummary[], wanted: string | null): string | null {
  if (wanted !== null && list.some((d) => d.name === wanted)) return wanted;
  const latest = list.toSorted((a, b) => b.latest.importedAt - a.latest.importedAt)[0];
  return latest?.name ?? null;
}

export const createDatasetsStore = (api: Call, memory: Memory) =>
  createStore<DatasetsState>()((set, get) => ({
    list: idle,
    selected: memory.get(),
    load: async () => {
      set((state) => ({ list: loading(state.list) }));
      try {
        const value = await api('datasets.list', {});
        set((state) => ({ list: { status: 'ready', value }, selected: choose(value, state.selected) }));
      } catch (thrown) {
        set((state) => ({ list: failed(state.list, thrown) }));
      }
    },
    select: (selected) => {
      memory.set(selected);
      set({ selected });
    },
    hear: (events) => {
      if (events.some((event) => event.type === 'dataset')) void get().load();
    },
  }));

export const datasetsStore = createDatasetsStore(call, localMemory('voltcast.dataset'));
export const useDatasets = <T>(select: (state: DatasetsState) => T): T => useStore(datasetsStore, select);

/** The dataset in use, or null. */
export const useSelectedDataset = (): DatasetSummary | null =>
  useDatasets((state) => valueOf(state.list)?.find((d) => d.name === state.selected) ?? null);
