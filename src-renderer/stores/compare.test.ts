import { expect, test } from 'vitest';
import type { Comparison } from '../../src-preload/contract/index.ts';
import type { Call } from './client.ts';
import { createCompareStore } from './compare.ts';
import { valueOf } from './resource.ts';
import { sampleRun } from './runs-sample.ts';

const comparison = (ids: readonly string[]): Comparison => ({
  runs: ids.map((id) => sampleRun({ id, champion: id === 'a' })),
  sameSplit: true,
  params: [],
  diagnostics: [],
  significance: [],
});
const setUp = () => {
  const asked: (readonly string[])[] = [];
  const api = ((_name: string, input: { ids: string[] }) => {
    asked.push(input.ids);
    return Promise.resolve(comparison(input.ids));
  }) as unknown as Call;
  return { asked, store: createCompareStore(api) };
};

test('each run once, and the same choice is not fetched twice', async () => {
  const { asked, store } = setUp();
  await store.getState().setIds(['a', 'b', 'a']);
  await store.getState().setIds(['a', 'b']);
  expect(asked).toEqual([['a', 'b']]);
});

test('a new reference goes first and asks again', async () => {
  const { asked, store } = setUp();
  await store.getState().setIds(['a', 'b', 'c']);
  await store.getState().setReference('c');
  expect(asked.at(-1)).toEqual(['c', 'a', 'b']);
});

test('a promotion elsewhere shows at once; a deleted run leaves', async () => {
  const { asked, store } = setUp();
  await store.getState().setIds(['a', 'b']);
  store.getState().hear([{ type: 'champion', experiment: 'steel', runId: 'b' }]);
  expect(valueOf(store.getState().comparison)?.runs.map((run) => run.champion)).toEqual([false, true]);
  store.getState().hear([{ type: 'run-deleted', runId: 'a' }]);
  expect(store.getState().ids).toEqual(['b']);
  expect(asked.at(-1)).toEqual(['b']);
});
