import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { loadLine, watchLoad } from './watch-load.ts';
import type { LoadSource } from './watch-load.ts';

const steady = {
  processor: () => Promise.resolve(0),
  memory: () => 0,
  machine: () => 0,
  card: () => Promise.resolve(null),
};

test('the machine is looked at while it works', async () => {
  const watch = watchLoad({ card: false, every: 250 });
  expect(watch.summary()).toBeNull();
  const end = performance.now() + 1200;
  while (performance.now() < end) {
    let sum = 0;
    for (let i = 0; i < 1e6; i++) sum += Math.sqrt(i);
    expect(sum).toBeGreaterThan(0);
    await wait(1);
  }
  const summary = watch.summary()!;
  watch.stop();
  expect(summary.processor.mean).toBeGreaterThan(5);
  expect(summary.processor.peak).toBeLessThanOrEqual(100);
  expect(summary.memory.peak).toBeGreaterThan(2e7);
  expect(summary.memory.peak).toBeGreaterThanOrEqual(summary.memory.mean);
  expect(loadLine(summary)).toMatch(
    /^processor \d+ % \(peak \d+ %\), memory of the run \d+\.\d GiB \(peak \d+\.\d GiB\), memory in use .+ of .+ GiB$/,
  );
});

test('mean and peak of a card; one that does not tell is asked once; one that fails spoils nothing', async () => {
  const answers = [
    { load: 20, memory: 2 ** 30 },
    { load: 80, memory: 3 * 2 ** 30 },
  ];
  const watched = async (card: LoadSource['card']) => {
    const watch = watchLoad({ card: true, every: 10, cardEvery: 0, source: { ...steady, card } });
    await wait(200);
    watch.stop();
    return watch.summary()!;
  };
  let at = 0;
  const told = await watched(() => Promise.resolve(answers[at++] ?? null));
  expect(told.card).toEqual({ mean: 50, peak: 80 });
  expect(told.cardMemory).toEqual({ mean: 2 * 2 ** 30, peak: 3 * 2 ** 30 });
  expect(loadLine(told)).toContain('GPU 50 % (peak 80 %), GPU memory 2.0 GiB (peak 3.0 GiB)');

  let asked = 0;
  const silent = await watched(() => (asked++, Promise.resolve(null)));
  expect([silent.card, asked]).toEqual([null, 1]);
  const failing = await watched(() => (asked++, Promise.reject(new Error('no driver'))));
  expect([failing.card, asked, failing.processor.mean]).toEqual([null, 2, 0]);
});
