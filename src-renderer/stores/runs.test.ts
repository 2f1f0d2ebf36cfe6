import { describe, expect, test } from 'vitest';
import type { CallName, Input, RunSummary } from '../../src-preload/contract/index.ts';
import type { Call } from './client.ts';
import { activeRuns, createRunsStore, newestFirst, reduceRuns } from './runs.ts';
import { sampleDetail, sampleRun, sampleStep } from './runs-sample.ts';
import { createRunViewStore } from './runs-view.ts';

/** A stand-in for the other side: each call goes to the function of its name. */
const fake = (answers: Partial<Record<CallName, (input: never) => unknown>>): Call =>
  (async (name: CallName, input: unknown) => {
    const answer = answers[name];
    if (!answer) throw new Error(`unexpected call ${name}`);
    return await answer(input as never);
  }) as Call;

const pages = (all: readonly RunSummary[]) => ({
  'runs.list': ({ limit = 200, offset = 0 }: Input<'runs.list'>) => ({
    runs: all.slice(offset, offset + limit),
    total: all.length,
  }),
});

describe('reduceRuns', () => {
  const a = sampleRun({ id: 'a', champion: true });
  const b = sampleRun({ id: 'b' });
  test('the alias moves within its experiment only', () => {
    const other = sampleRun({ id: 'o', experiment: 'oven', champion: true });
    const next = reduceRuns({ a, b, o: other }, [{ type: 'champion', experiment: 'steel', runId: 'b' }]);
    expect([next['a'].champion, next['b'].champion, next['o'].champion]).toEqual([false, true, true]);
  });
  test('events that concern no list leave it untouched', () => {
    const before = { a };
    expect(reduceRuns(before, [{ type: 'dataset', dataset: 'steel' }])).toBe(before);
  });
});

describe('the list', () => {
  const many = Array.from({ length: 2500 }, (_, i) => sampleRun({ id: `r${i}`, createdAt: 5000 - i }));

  test('all pages arrive, newest first', async () => {
    const store = createRunsStore(fake(pages(many)));
    await store.getState().load();
    expect(Object.keys(store.getState().byId)).toHaveLength(2500);
    expect(newestFirst(store.getState().byId)[0].id).toBe('r0');
  });

  test('an event during loading is newer than the page it overtakes', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const store = createRunsStore(
      fake({
        'runs.list': async () => {
          await gate;
          return { runs: [sampleRun({ id: 'r', status: 'running' }), sampleRun({ id: 'gone' })], total: 2 };
        },
      }),
    );
    const loaded = store.getState().load();
    store.getState().hear([
      { type: 'run', run: sampleRun({ id: 'r', status: 'succeeded' }) },
      { type: 'run-deleted', runId: 'gone' },
    ]);
    release();
    await loaded;
    expect(store.getState().byId['r'].status).toBe('succeeded');
    expect(store.getState().byId['gone']).toBeUndefined();
  });

  test('a deleted run leaves the selection', () => {
    const store = createRunsStore(fake({}));
    store.getState().hear([{ type: 'run', run: sampleRun() }]);
    store.getState().toggle('run-1');
    store.getState().hear([{ type: 'run-deleted', runId: 'run-1' }]);
    expect([...store.getState().selected]).toEqual([]);
  });

  test('cancel all asks the waiting ones first', async () => {
    const asked: string[] = [];
    const store = createRunsStore(fake({ 'runs.cancel': ({ id }: { id: string }) => asked.push(id) }));
    store.getState().hear([
      { type: 'run', run: sampleRun({ id: 'working', status: 'running', createdAt: 1 }) },
      { type: 'run', run: sampleRun({ id: 'waiting', status: 'queued', createdAt: 2 }) },
      { type: 'run', run: sampleRun({ id: 'over' }) },
    ]);
    expect(activeRuns(store.getState().byId)).toHaveLength(2);
    expect(await store.getState().cancelAll()).toBe(2);
    expect(asked).toEqual(['waiting', 'working']);
  });
});

describe('one run', () => {
  test('events before the first answer are not lost, and the end brings diagnostics', async () => {
    let status: RunSummary['status'] = 'running';
    const diagnostics = { runId: 'run-1' };
    const store = createRunViewStore(
      fake({
        'runs.get': () => sampleDetail({ status }),
        'runs.logs': () => [],
        'runs.diagnostics': () => diagnostics,
      }),
      'run-1',
    );
    const loaded = store.getState().load();
    store
      .getState()
      .hear([{ type: 'step', runId: 'run-1', step: sampleStep('train', { status: 'running' }) }]);
    await loaded;
    const now = store.getState().view;
    expect(now.status === 'ready' && now.value.run.steps.find((s) => s.id === 'train')?.status).toBe(
      'running',
    );
    expect(store.getState().diagnostics.status).toBe('idle');

    status = 'succeeded';
    store.getState().hear([{ type: 'run', run: sampleRun({ status }) }]);
    await expect.poll(() => store.getState().diagnostics).toEqual({ status: 'ready', value: diagnostics });
  });
});
