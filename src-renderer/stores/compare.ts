/** @file Runs side by side: which ones, and what the service found out about them. */
import { createStore, useStore } from 'zustand';
import type { AppEvent, Comparison } from '../../src-preload/contract/index.ts';
import { call } from './client.ts';
import type { Call } from './client.ts';
import { listen } from './events.ts';
import { failed, idle, loading, valueOf } from './resource.ts';
import type { Resource } from './resource.ts';

export interface CompareState {
  /** in the user's order: the significance test is against the first */
  readonly ids: readonly string[];
  readonly comparison: Resource<Comparison>;
  setIds(ids: readonly string[]): Promise<void>;
  /** the run all others are tested against */
  setReference(id: string): Promise<void>;
  reload(): Promise<void>;
  hear(events: readonly AppEvent[]): void;
}

export const maxCompared = 200;

export function createCompareStore(api: Call) {
  let round = 0;
  return createStore<CompareState>()((set, get) => ({
    ids: [],
    comparison: idle,

    setIds: async (ids) => {
      const unique = [...new Set(ids)].slice(0, maxCompared);
      const same = unique.length === get().ids.length && unique.every((id, i) => id === get().ids[i]);
      const { status } = get().comparison;
      if (same && status !== 'failed' && status !== 'idle') return;
      set({ ids: unique });
      await get().reload();
    },
    setReference: (id) => get().setIds([id, ...get().ids.filter((other) => other !== id)]),

    reload: async () => {
      const mine = ++round;
      const ids = get().ids;
      if (ids.length === 0) {
        set({ comparison: idle });
        return;
      }
      set({ comparison: loading(get().comparison) });
      try {
        const value = await api('runs.compare', { ids: [...ids] });
        if (mine === round) set({ comparison: { status: 'ready', value } });
      } catch (thrown) {
        if (mine === round) set({ comparison: failed(get().comparison, thrown) });
      }
    },

    hear: (events) => {
      for (const event of events) {
        const { comparison, ids } = get();
        if (event.type === 'run-deleted' && ids.includes(event.runId)) {
          void get().setIds(ids.filter((id) => id !== event.runId));
          continue;
        }
        const value = valueOf(comparison);
        if (event.type !== 'champion' || value === null) continue;
        const runs = value.runs.map((run) =>
          run.experiment === event.experiment ? { ...run, champion: run.id === event.runId } : run,
        );
        set({ comparison: { ...comparison, value: { ...value, runs } } as Resource<Comparison> });
      }
    },
  }));
}

export const compareStore = createCompareStore(call);
listen((events) => compareStore.getState().hear(events));
export const useCompare = <T>(select: (state: CompareState) => T): T => useStore(compareStore, select);
