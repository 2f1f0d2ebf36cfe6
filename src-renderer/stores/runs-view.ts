/** @file One run, watched: its steps, lines, curves and, once it is over, its diagnostics. */
import { createStore } from 'zustand';
import type { AppEvent, Diagnostics } from '../../src-preload/contract/index.ts';
import { isOver } from '../../src-preload/contract/runs.ts';
import type { Call } from './client.ts';
import { failed, idle, loading, valueOf } from './resource.ts';
import type { Resource } from './resource.ts';
import { mergeLogs, reduceRunView } from './runs-reduce.ts';
import type { Curves, RunView } from './runs-reduce.ts';

export interface RunViewState {
  readonly view: Resource<RunView>;
  readonly diagnostics: Resource<Diagnostics>;
  load(): Promise<void>;
  loadDiagnostics(): Promise<void>;
  hear(events: readonly AppEvent[]): void;
}

/** @param known curves seen before this screen was opened */
export const createRunViewStore = (api: Call, id: string, known: Curves = {}) => {
  /** events that came before the first answer; applied on top of it */
  let early: AppEvent[] = [];

  return createStore<RunViewState>()((set, get) => ({
    view: idle,
    diagnostics: idle,

    load: async () => {
      const before = get().view;
      set({ view: loading(before) });
      try {
        const after = valueOf(before)?.logs.at(-1)?.seq ?? 0;
        const [run, lines] = await Promise.all([
          api('runs.get', { id }),
          api('runs.logs', { id, after, limit: 10_000 }),
        ]);
        const old = valueOf(get().view);
        const fetched: RunView = {
          run,
          logs: mergeLogs(old?.logs ?? [], lines),
          curves: old?.curves ?? known,
          deleted: old?.deleted ?? false,
        };
        const waiting = early;
        early = [];
        set({ view: { status: 'ready', value: old ? fetched : waiting.reduce(reduceRunView, fetched) } });
        if (run.status === 'succeeded') await get().loadDiagnostics();
      } catch (thrown) {
        set((state) => ({ view: failed(state.view, thrown) }));
      }
    },

    loadDiagnostics: async () => {
      if (get().diagnostics.status === 'loading') return;
      set((state) => ({ diagnostics: loading(state.diagnostics) }));
      try {
        const value = await api('runs.diagnostics', { id, points: 10_000 });
        set({ diagnostics: { status: 'ready', value } });
      } catch (thrown) {
        set((state) => ({ diagnostics: failed(state.diagnostics, thrown) }));
      }
    },

    hear: (events) => {
      const { view } = get();
      const value = valueOf(view);
      if (value === null) {
        early.push(...events);
        return;
      }
      const next = events.reduce(reduceRunView, value);
      if (next === value) return;
      set({ view: { ...view, value: next } as Resource<RunView> });
      // artifacts, thresholds and diagnostics exist only now; events do not carry them
      if (!isOver(value.run.status) && isOver(next.run.status)) void get().load();
    },
  }));
};
