/** @file All runs known here, kept current by events. Pages select their own slice. */
import { createStore, useStore } from 'zustand';
import { isOver } from '../../src-preload/contract/index.ts';
import type { AppEvent, RunSummary } from '../../src-preload/contract/index.ts';
import { call } from './client.ts';
import type { Call } from './client.ts';
import { failed, idle, loading } from './resource.ts';
import type { Resource } from './resource.ts';
import { newestFirst as newestOrder, noFilter } from './runs-list.ts';
import type { RunFilter, RunOrder } from './runs-list.ts';
import { reduceCurves } from './runs-reduce.ts';
import type { Curves } from './runs-reduce.ts';

export type RunsById = Readonly<Record<string, RunSummary>>;

/** One round of events over the runs seen so far. Events of steps, logs and curves belong to the run's own page. */
export function reduceRuns(runs: RunsById, events: readonly AppEvent[]): RunsById {
  let next: Record<string, RunSummary> | null = null;
  for (const event of events) {
    if (event.type === 'run') (next ??= { ...runs })[event.run.id] = event.run;
    else if (event.type === 'run-deleted') {
      const { [event.runId]: _gone, ...rest }: Record<string, RunSummary> = next ?? runs;
      next = rest;
    } else if (event.type === 'champion') {
      // the alias is held by one run per experiment
      next ??= { ...runs };
      for (const run of Object.values(next)) {
        const champion = run.id === event.runId;
        if (run.experiment === event.experiment && run.champion !== champion)
          next[run.id] = { ...run, champion };
      }
    }
  }
  return next ?? runs;
}

export interface RunsState {
  readonly byId: RunsById;
  /** how the last load went; the runs themselves are in `byId` */
  readonly loaded: Resource<true>;
  /** runs the workspace holds, loaded or not */
  readonly total: number;
  readonly filter: RunFilter;
  readonly order: RunOrder;
  readonly selected: ReadonlySet<string>;
  /** curves of runs that trained while the app was open, so that opening a run shows its curve from the start */
  readonly curves: Readonly<Record<string, Curves>>;
  /** The newest runs at once, older ones page by page behind them. */
  load(): Promise<void>;
  hear(events: readonly AppEvent[]): void;
  setFilter(filter: Partial<RunFilter>): void;
  setOrder(order: RunOrder): void;
  toggle(id: string): void;
  select(ids: readonly string[]): void;
  /** @returns how many were asked to stop */
  cancelAll(): Promise<number>;
}

const firstPage = 200;
const nextPages = 1000;
/** beyond this the list says that it does not show everything */
export const maxRuns = 10_000;

export const createRunsStore = (api: Call) => {
  let round = 0;
  /** runs an event told us about while a page was on its way: the event is newer than the page */
  let touched: Set<string> | null = null;

  return createStore<RunsState>()((set, get) => ({
    byId: {},
    loaded: idle,
    total: 0,
    filter: noFilter,
    order: newestOrder,
    selected: new Set(),
    curves: {},

    load: async () => {
      const mine = ++round;
      const seen = (touched = new Set<string>());
      set((state) => ({ loaded: loading(state.loaded) }));
      try {
        const fetched: Record<string, RunSummary> = {};
        for (let offset = 0; ;) {
          const limit = offset === 0 ? firstPage : nextPages;
          const page = await api('runs.list', { limit, offset });
          if (mine !== round) return;
          for (const run of page.runs) if (!seen.has(run.id)) fetched[run.id] = run;
          offset += page.runs.length;
          const last = page.runs.length === 0 || offset >= Math.min(page.total, maxRuns);
          const { byId } = get();
          // the last page knows which runs are gone; until then what was there stays
          const before = last
            ? Object.fromEntries(Object.entries(byId).filter(([id]) => seen.has(id)))
            : byId;
          set({
            byId: { ...before, ...fetched },
            total: page.total,
            loaded: { status: 'ready', value: true },
          });
          if (last) break;
        }
      } catch (thrown) {
        if (mine === round) set((state) => ({ loaded: failed(state.loaded, thrown) }));
      } finally {
        if (mine === round) touched = null;
      }
    },

    hear: (events) => {
      for (const event of events) {
        if (event.type === 'run') touched?.add(event.run.id);
        if (event.type === 'run-deleted') touched?.add(event.runId);
      }
      set((state) => {
        const byId = reduceRuns(state.byId, events);
        const curves = reduceCurves(state.curves, events);
        if (byId === state.byId && curves === state.curves) return state;
        const kept = [...state.selected].filter((id) => id in byId);
        return {
          byId,
          curves,
          total: Math.max(0, state.total + Object.keys(byId).length - Object.keys(state.byId).length),
          ...(kept.length < state.selected.size ? { selected: new Set(kept) } : {}),
        };
      });
    },

    setFilter: (filter) => set((state) => ({ filter: { ...state.filter, ...filter } })),
    setOrder: (order) => set({ order }),
    toggle: (id) =>
      set((state) => {
        const selected = new Set(state.selected);
        if (!selected.delete(id)) selected.add(id);
        return { selected };
      }),
    select: (ids) => set({ selected: new Set(ids) }),

    cancelAll: async () => {
      // queued ones first, or a freed slot would start the next while we are still cancelling
      const active = activeRuns(get().byId).toSorted(
        (a, b) => Number(a.status === 'running') - Number(b.status === 'running'),
      );
      for (const run of active) await api('runs.cancel', { id: run.id });
      return active.length;
    },
  }));
};

export const runsStore = createRunsStore(call);
export const useRuns = <T>(select: (state: RunsState) => T): T => useStore(runsStore, select);

/** Newest first. */
export const newestFirst = (byId: RunsById): readonly RunSummary[] =>
  Object.values(byId).toSorted((a, b) => b.createdAt - a.createdAt || b.id.localeCompare(a.id));

/** Runs that wait or work, oldest first. */
export const activeRuns = (byId: RunsById): readonly RunSummary[] =>
  Object.values(byId)
    .filter((run) => !isOver(run.status))
    .toSorted((a, b) => a.createdAt - b.createdAt);
