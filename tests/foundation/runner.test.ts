import { expect, test } from 'vitest';
import { predictItems } from '../../src-main/models/chronos/predict.ts';
import type { ChronosItem } from '../../src-main/models/chronos/predict.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { TensorDevice } from '../../src-main/tensor/device.ts';
import { openSession } from '../../src-main/tensor/session.ts';
import { checkpoint, series } from '../support/middle-chronos.ts';

const item = (target: Float32Array): ChronosItem => ({ targets: [target], past: [], known: [] });
const items = Array.from({ length: 5 }, (_, row) => item(series(1500, row)));

async function forecasts(threads: number, given: readonly ChronosItem[], rows?: number): Promise<number[][]> {
  const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: threads });
  try {
    const made = await predictItems(runner, given, { horizon: 40, ...(rows === undefined ? {} : { rows }) });
    return made.map(([target]) => [...target]);
  } finally {
    await runner.close();
  }
}

test('forecasts depend neither on threads nor on which rows stand in a batch, to the last bit', async () => {
  const wanted = await forecasts(1, items);
  expect(await forecasts(2, items)).toEqual(wanted);
  expect(await forecasts(3, items, 2)).toEqual(wanted);
  expect(await forecasts(1, [items[3]!])).toEqual([wanted[3]]);
});

test('with little free memory fewer rows go together, which changes no bit', async () => {
  const seen: number[] = [];
  class Watched extends Chronos2Runner {
    override run(...[batch, members]: Parameters<Chronos2Runner['run']>): Promise<Float32Array> {
      seen.push(batch.rows);
      return super.run(batch, members);
    }
  }
  const made: number[][][] = [];
  for (const free of [Infinity, 2 ** 20]) {
    const runner = new Watched(checkpoint, { intraOpNumThreads: 1, freeMemory: () => free });
    made.push((await predictItems(runner, items, { horizon: 40 })).map(([target]) => [...target]));
    await runner.close();
    if (free === Infinity) expect(seen.splice(0)).toEqual([5]);
  }
  expect(seen).toEqual([1, 1, 1, 1, 1]);
  expect(made[1]).toEqual(made[0]);
});

test('a session that allows for hidden tokens gives what one without gives', async () => {
  const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: 1 });
  const once = async (given: readonly ChronosItem[]): Promise<Float32Array[]> =>
    (await predictItems(runner, given, { horizon: 16 })).map(([target]) => target);
  const [plain] = await once([items[0]!]);
  const gap = series(1500, 1).fill(Number.NaN, 400, 500);
  await once([item(gap)]);
  const [masked] = await once([items[0]!]);
  await runner.close();
  plain!.forEach((value, i) => expect(masked![i]! / value).toBeCloseTo(1, 5));
});

/** Has memory for so many rows at once and no more. */
class SmallRunner extends Chronos2Runner {
  rows = 2;
  override run(...[batch, members]: Parameters<Chronos2Runner['run']>): Promise<Float32Array> {
    if (batch.rows > this.rows)
      return Promise.reject(new Error('Failed to allocate memory for requested buffer of size 1234'));
    return super.run(batch, members);
  }
}

test('where memory runs out, batches are halved, which is said and changes nothing', async () => {
  const runner = new SmallRunner(checkpoint, { intraOpNumThreads: 1 });
  const said: string[] = [];
  const seen: number[] = [];
  const made = await predictItems(runner, items, {
    horizon: 40,
    rows: 5,
    warn: (message) => void said.push(message),
    progress: (done) => void seen.push(done),
  });
  expect(made.map(([target]) => [...target])).toEqual(await forecasts(1, items));
  expect(said).toEqual([
    'memory ran out: forecasts go on with 3 items at a time',
    'memory ran out: forecasts go on with 2 items at a time',
  ]);
  expect(seen).toEqual([2, 3, 5]);
  runner.rows = 0;
  await expect(predictItems(runner, items.slice(0, 1), { horizon: 8 })).rejects.toMatchObject({
    code: 'out-of-memory',
  });
  await runner.close();
});

test('a card that is too small for one item is left for the processor, which is said', async () => {
  const log: string[] = [];
  const device = new TensorDevice('RTX', ['webgpu'], { log: (_, message) => void log.push(message) });
  /** On the card there is memory for nothing. */
  class SmallCard extends Chronos2Runner {
    override run(...[batch, members]: Parameters<Chronos2Runner['run']>): Promise<Float32Array> {
      if (this.onCard)
        return Promise.reject(new Error('Failed to allocate memory for requested buffer of size 1234'));
      return super.run(batch, members);
    }
  }
  const runner = new SmallCard(checkpoint, { intraOpNumThreads: 1, device });
  const said: string[] = [];
  const made = await predictItems(runner, items.slice(0, 2), {
    horizon: 40,
    rows: 2,
    warn: (message) => void said.push(message),
  });
  await runner.close();
  expect(made.map(([target]) => [...target])).toEqual(await forecasts(1, items.slice(0, 2)));
  expect(said).toEqual(['memory ran out: forecasts go on with one item at a time']);
  expect(log).toEqual([
    'WebGPU failed (Failed to allocate memory for requested buffer of size 1234): the work goes on with the processor',
    'Using device: cpu',
  ]);
});

test('rows that are alone are compared with none: the graph for them has attention along time only', async () => {
  const opened: number[] = [];
  const open: typeof openSession = (source, options) => {
    const graph = typeof source === 'function' ? source({}) : source;
    opened.push(graph.toOnnx().graph.nodes.filter(({ type }) => type === 'MultiHeadAttention').length);
    return openSession(graph, options);
  };
  const runner = new Chronos2Runner(checkpoint, { intraOpNumThreads: 1 }, open);
  const { layers } = checkpoint.config;
  const forecast = async (given: readonly ChronosItem[], crossLearning = false): Promise<number[]> => {
    await predictItems(runner, given, { horizon: 8, crossLearning });
    return opened.splice(0);
  };
  const short = items.slice(0, 2).map(({ targets }) => item(targets[0]!.subarray(0, 64) as Float32Array));
  expect(await forecast(short)).toEqual([layers]);
  expect(await forecast(short, true)).toEqual([2 * layers]);
  // both stay open
  expect(await forecast(short)).toEqual([]);
  expect(await forecast([{ ...short[0]!, past: [series(64, 9)] }])).toEqual([]);
  await runner.close();
});
