import { expect, test } from 'vitest';
import { AppError } from '../../src-preload/contract/errors.ts';
import type { DatasetSummary } from '../../src-preload/contract/index.ts';
import { createAppStore } from './app.ts';
import type { Call } from './client.ts';
import { choose, createDatasetsStore } from './datasets.ts';

const api = (answers: Readonly<Record<string, unknown>>): Call =>
  ((name: string) => {
    const answer = answers[name];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }) as unknown as Call;
const dataset = (name: string, importedAt: number): DatasetSummary =>
  ({ name, versions: 1, runs: 0, latest: { importedAt } }) as unknown as DatasetSummary;
const memory = (value: string | null) => ({ get: () => value, set: () => undefined });

test('the chosen dataset stays while it exists, else the last import is shown', async () => {
  const list = [dataset('old', 1), dataset('new', 2)];
  expect([choose(list, 'old'), choose(list, 'gone'), choose([], 'gone')]).toEqual(['old', 'new', null]);

  const store = createDatasetsStore(api({ 'datasets.list': list }), memory('gone'));
  await store.getState().load();
  expect(store.getState().selected).toBe('new');
});

test('a failed load says why and keeps what was shown', async () => {
  const answers: Record<string, unknown> = { 'datasets.list': [dataset('a', 1)] };
  const store = createDatasetsStore(api(answers), memory(null));
  await store.getState().load();
  answers['datasets.list'] = new AppError({ code: 'disk-full', message: 'The disk is full.' });
  await store.getState().load();
  expect(store.getState().list).toMatchObject({
    status: 'failed',
    error: { code: 'disk-full' },
    value: [{ name: 'a' }],
  });
  expect(store.getState().selected).toBe('a');
});

test('a setting shows at once and is taken back when refused', async () => {
  const store = createAppStore(api({ 'settings.set': new AppError({ code: 'read-only', message: 'no' }) }));
  const change = store.getState().change({ theme: 'dark' });
  expect(store.getState().settings.theme).toBe('dark');
  await expect(change).rejects.toMatchObject({ code: 'read-only' });
  expect(store.getState().settings.theme).toBe('system');
});
