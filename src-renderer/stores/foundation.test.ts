import { expect, test } from 'vitest';
import { AppError } from '../../src-preload/contract/index.ts';
import type { CallName, ModelJob, Output } from '../../src-preload/contract/index.ts';
import type { Call } from './client.ts';
import { createFoundationStore } from './foundation.ts';
import type { Offer } from './foundation.ts';

const offer: Offer = {
  name: 'amazon/chronos-2',
  revision: 'main',
  commit: 'c'.repeat(40),
  kind: 'chronos-2',
  licence: { id: 'apache-2.0', name: null, link: null, permissive: true },
  files: [{ path: 'config.json', bytes: 5 }],
  bytes: 5,
  installed: false,
};
const moving = (job: string, change: Partial<ModelJob> = {}): ModelJob => ({
  job,
  name: 'amazon/chronos-2',
  phase: 'downloading',
  bytes: 1,
  totalBytes: 5,
  bytesPerSecond: null,
  etaMs: null,
  error: null,
  ...change,
});
const event = (job: ModelJob) => ({ type: 'model-job' as const, job });

/** An other side whose `models.add` ends when the test says so. */
function open() {
  const asked: [CallName, unknown][] = [];
  const adding: ModelJob[] = [];
  let end: { resolve(added: Output<'models.add'>): void; reject(error: unknown): void } | null = null;
  const answers = (name: CallName): unknown => {
    if (name === 'models.library') return { folder: '/m', models: [], official: [], adding };
    if (name === 'models.lookup') return offer;
    if (name === 'models.add') return new Promise((resolve, reject) => (end = { resolve, reject }));
    return { ok: true };
  };
  const api: Call = (name, input) => {
    asked.push([name, input]);
    return Promise.resolve(answers(name)) as Promise<Output<typeof name>>;
  };
  const store = createFoundationStore(api, (file, progress) => {
    progress?.(0.5);
    return Promise.resolve(`upload:${file.name}`);
  });
  return { store, asked, adding, settle: () => end! };
}
const added = { name: 'amazon/chronos-2', added: true } as Output<'models.add'>;

test('looked up, downloaded, and gone from the list of jobs', async () => {
  const { store, asked, settle } = open();
  store.getState().open();
  await store.getState().look('amazon/chronos-2');
  expect(store.getState().asking).toEqual({ step: 'offered', offer });
  const download = store.getState().download(offer);
  expect(store.getState()).toMatchObject({
    asking: null,
    jobs: [{ phase: 'asking', name: 'amazon/chronos-2' }],
  });
  const { job } = store.getState().jobs[0]!;
  store.getState().hear([event(moving(job, { bytes: 3 }))]);
  expect(store.getState().jobs).toMatchObject([{ phase: 'downloading', bytes: 3 }]);
  settle().resolve(added);
  expect(await download).toBe(added);
  // the last events come in a batch after the answer
  store.getState().hear([event(moving(job, { bytes: 5 })), event(moving(job, { phase: 'done' }))]);
  expect(store.getState().jobs).toEqual([]);
  expect(asked.find(([name]) => name === 'models.add')![1]).toEqual({
    model: 'amazon/chronos-2',
    acceptLicence: false,
    job,
  });
});

test('one that failed stays, whatever events are late, and begins again', async () => {
  const { store, settle } = open();
  const file = new File(['x'], 'm.zip');
  const first = store.getState().addFile(file, undefined);
  await Promise.resolve();
  const { job } = store.getState().jobs[0]!;
  await expect.poll(settle).toBeTruthy();
  settle().reject(new AppError({ code: 'archive-broken', message: 'no' }));
  expect(await first).toBe(null);
  store.getState().hear([event(moving(job, { phase: 'reading' }))]);
  expect(store.getState().jobs).toMatchObject([{ job, phase: 'failed', error: { code: 'archive-broken' } }]);
  void store.getState().again(job);
  expect(store.getState().jobs).toMatchObject([{ name: 'm.zip', phase: 'sending', error: null }]);
  expect(store.getState().jobs[0]!.job).not.toBe(job);
});

test('jobs of another page are shown, and how they end', async () => {
  const { store, adding } = open();
  adding.push(moving('other'));
  await store.getState().load();
  expect(store.getState().jobs).toMatchObject([{ job: 'other', again: null }]);
  const error = { code: 'download-broken', message: 'no' };
  store.getState().hear([event(moving('other', { phase: 'failed', error }))]);
  expect(store.getState().jobs).toMatchObject([{ job: 'other', phase: 'failed' }]);
  store.getState().dismiss('other');
  store.getState().hear([event(moving('third'))]);
  store.getState().hear([event(moving('third', { phase: 'done' }))]);
  expect(store.getState().jobs).toEqual([]);
});
