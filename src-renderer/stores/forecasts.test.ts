import { expect, test } from 'vitest';
import type { Forecast, ForecastSummary } from '../../src-preload/contract/index.ts';
import type { Call } from './client.ts';
import { createForecastsStore, summaryOf } from './forecasts.ts';
import { valueOf } from './resource.ts';

const forecast = (id: string, issuedAt: number): Forecast => ({
  id,
  runId: 'run-1',
  recipe: 'xgboost_config.yaml',
  dataset: 'steel',
  datasetVersion: 1,
  target: 'Usage_kWh',
  unit: 'kWh',
  timezone: 'UTC',
  frequency: 'PT15M',
  issuedAt,
  origin: 0,
  levels: [0.5],
  stamps: 'beginning',
  rows: [{ timestamp: '1970-01-01T00:15:00Z', t: 900_000, quantiles: { '0.5': 1 } }],
  history: { t: [], actual: [] },
  device: null,
  warnings: [],
});

test('a new forecast is on screen and on top of the list', async () => {
  const old: ForecastSummary[] = [summaryOf(forecast('old', 1)), summaryOf(forecast('newer', 2))];
  const api = ((name: string) =>
    Promise.resolve(name === 'forecasts.list' ? old : forecast('made', 3))) as unknown as Call;
  const store = createForecastsStore(api);
  await store.getState().load();
  expect(valueOf(store.getState().list)?.map((item) => item.id)).toEqual(['newer', 'old']);
  await store.getState().create({ dataset: 'steel' });
  expect(valueOf(store.getState().current)?.id).toBe('made');
  expect(valueOf(store.getState().list)?.[0]).toMatchObject({ id: 'made', horizon: 1 });
});

test('the answer of an earlier question does not replace the later one; a failure keeps what was shown', async () => {
  const answers: Record<string, (value: Forecast) => void> = {};
  const api = ((name: string, input: { id: string }) => {
    if (name === 'forecasts.create') return Promise.reject(new Error('no champion'));
    return new Promise<Forecast>((resolve) => (answers[input.id] = resolve));
  }) as unknown as Call;
  const store = createForecastsStore(api);
  const slow = store.getState().open('slow');
  const fast = store.getState().open('fast');
  answers['fast'](forecast('fast', 2));
  answers['slow'](forecast('slow', 1));
  await Promise.all([slow, fast]);
  expect(valueOf(store.getState().current)?.id).toBe('fast');
  expect(await store.getState().create({ dataset: 'steel' })).toBeNull();
  expect(store.getState().current).toMatchObject({ status: 'failed', error: { message: 'no champion' } });
  expect(valueOf(store.getState().current)?.id).toBe('fast');
});
