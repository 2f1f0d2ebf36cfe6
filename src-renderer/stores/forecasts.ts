/** @file Forecasts: the earlier ones, the one on screen, and making a new one. */
import { createStore, useStore } from 'zustand';
import type { Forecast, ForecastSummary, Input } from '../../src-preload/contract/index.ts';
import { call } from './client.ts';
import type { Call } from './client.ts';
import { failed, idle, loading, valueOf } from './resource.ts';
import type { Resource } from './resource.ts';

export interface ForecastsState {
  /** newest first */
  readonly list: Resource<readonly ForecastSummary[]>;
  readonly current: Resource<Forecast>;
  load(): Promise<void>;
  open(id: string): Promise<void>;
  /** @returns the forecast, or null when it failed: the cause is in `current` */
  create(input: Input<'forecasts.create'>): Promise<Forecast | null>;
}

export const summaryOf = (forecast: Forecast): ForecastSummary => ({
  id: forecast.id,
  runId: forecast.runId,
  recipe: forecast.recipe,
  dataset: forecast.dataset,
  target: forecast.target,
  issuedAt: forecast.issuedAt,
  origin: forecast.origin,
  horizon: forecast.rows.length,
});

export function createForecastsStore(api: Call) {
  let round = 0;
  return createStore<ForecastsState>()((set, get) => {
    const show = async (make: () => Promise<Forecast>): Promise<Forecast | null> => {
      const mine = ++round;
      set({ current: loading(get().current) });
      try {
        const value = await make();
        if (mine === round) set({ current: { status: 'ready', value } });
        return value;
      } catch (thrown) {
        if (mine === round) set({ current: failed(get().current, thrown) });
        return null;
      }
    };
    return {
      list: idle,
      current: idle,

      load: async () => {
        set({ list: loading(get().list) });
        try {
          const list = await api('forecasts.list', {});
          set({ list: { status: 'ready', value: list.toSorted((a, b) => b.issuedAt - a.issuedAt) } });
        } catch (thrown) {
          set({ list: failed(get().list, thrown) });
        }
      },
      open: async (id) => {
        const { current } = get();
        if (current.status === 'ready' && current.value.id === id) return;
        await show(() => api('forecasts.get', { id }));
      },
      create: async (input) => {
        const forecast = await show(() => api('forecasts.create', input));
        if (forecast) {
          const others = (valueOf(get().list) ?? []).filter((item) => item.id !== forecast.id);
          set({ list: { status: 'ready', value: [summaryOf(forecast), ...others] } });
        }
        return forecast;
      },
    };
  });
}

export const forecastsStore = createForecastsStore(call);
export const useForecasts = <T>(select: (state: ForecastsState) => T): T => useStore(forecastsStore, select);
