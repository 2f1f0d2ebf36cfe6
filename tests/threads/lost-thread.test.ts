/** Helper threads that end when they should not: a clear error or the work done without them, never a hang. */
import type { Worker } from 'node:worker_threads';
import type * as workerThreads from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { createEngine } from '../../src-main/models/boosting/engine/engine.ts';
import { xgboostParams, xgboostPlan } from '../../src-main/models/boosting/params/xgboost.ts';
import { train } from '../../src-main/models/boosting/training/train.ts';
import { Optimiser } from '../../src-main/tensor/optimiser.ts';
import { createRandom } from '../../src-main/models/random.ts';
import { randomColumns, randomEnsemble } from '../support/random-ensemble.ts';

/** What befalls the helpers that start next: a change to their program. */
const fate = vi.hoisted(() => ({ change: (program: string): string => program, started: [] as Worker[] }));
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof workerThreads>();
  return {
    ...real,
    Worker: class extends real.Worker {
      constructor(program: string | URL, options: ConstructorParameters<typeof Worker>[1]) {
        super(options?.eval ? fate.change(String(program)) : program, options);
        fate.started.push(this);
      }
    },
  };
});
afterEach(() => {
  fate.change = (program) => program;
  fate.started.length = 0;
});

const rows = 20_000;
const random = createRandom(3);
const columns = Array.from({ length: 12 }, () => Float64Array.from({ length: rows }, () => random.next()));
const target = Float64Array.from({ length: rows }, (_, i) => columns[0][i] * columns[1][i] + columns[2][i]);
const names = columns.map((_, c) => `c${c}`);
const categorical = names.map(() => false);
const grow = async (threads: number, trees = 12) => {
  const params = xgboostParams.parse({ n_estimators: trees, max_depth: 5 });
  const config = xgboostPlan(params, []).config({
    rows,
    names,
    categorical,
    totalWeight: rows,
    leads: 1,
    seed: 1,
  });
  const set = { rows, names, columns, categorical, categories: null, target, weight: null };
  return (await train(set, config, { threads })).ensemble;
};

/** Takes a task of the engine as a helper does (kernels/assembly/index.ts), then does something else than the task. */
const withTaskInHand = (then: string) => (program: string) =>
  program.replace(
    /new WebAssembly\.Instance.*serve\(thread, spins\);/,
    `const ticket = new BigInt64Array(memory.buffer, 0, 1);
     const hasWork = (t) => (t & 0xffffffn) < ((t >> 24n) & 0xffffffn);
     while (!hasWork(Atomics.load(ticket, 0)) || !hasWork(Atomics.add(ticket, 0, 1n)));
     ${then}`,
  );

test.each([
  ['throws', 'throw new Error("gone");'],
  ['exits', 'process.exit(0);'],
])(
  'a helper that %s with a task in hand ends the training with an error that says so',
  async (_, then) => {
    fate.change = withTaskInHand(then);
    // long enough for helpers that start late on a busy machine
    await expect(grow(3, 1000)).rejects.toMatchObject({
      code: 'engine-thread-lost',
      hint: expect.any(String) as string,
    });
    expect(fate.started).toHaveLength(2);
    await vi.waitFor(() => expect(fate.started.map(({ threadId }) => threadId)).toEqual([-1, -1]));
  },
  20_000,
);

/** Where a helper of a team has taken its pieces, and is about to say so (devices/team.ts). */
const pieceTaken = 'work(argument, thread);';

test('helpers that come late do no harm, and none outlives the training', async () => {
  const alone = await grow(1);
  expect(fate.started).toHaveLength(0);
  fate.change = (program) => `for (const end = Date.now() + 200; Date.now() < end; );\n${program}`;
  expect(await grow(3)).toEqual(alone);
  expect(fate.started.map(({ threadId }) => threadId)).toEqual([-1, -1]);
}, 20_000);

test('an engine that could not be made leaves no thread behind', async () => {
  const engine = createEngine(
    { rows: 1, columns: [new Float64Array(0)], categorical: [false, true], weight: null },
    { maxBin: -1, minDataInBin: 1, borders: 'xgboost', seed: 1 },
    null as never,
    { threads: 2 },
  );
  await expect(engine).rejects.toThrow();
  expect(fate.started.map(({ threadId }) => threadId)).toEqual([-1]);
});

test.each([
  ['throws', 'throw new Error("gone");'],
  ['exits', 'process.exit(0);'],
])(
  'a batch whose helper %s with rows in hand is predicted all the same',
  async (_, then) => {
    vi.resetModules(); // threads are kept from call to call: here they begin anew
    const { createBatch } = await import('../../src-main/models/boosting/predict/batch.ts');
    const { createPredictor } = await import('../../src-main/models/boosting/predict/predictor.ts');
    const ensemble = randomEnsemble(4, { features: 5, trees: 40, leaves: 31, outputs: 1, thresholds: 50 });
    const many = 20_000;
    const values = randomColumns(ensemble, many, 2);
    fate.change = (program) => program.replace(pieceTaken, `${pieceTaken} ${then}`);
    const batch = createBatch(ensemble)!;
    let answers = 1;
    // helpers that start too late take no rows: then they meet the next call
    while (batch.raw(values, many, 3) !== null && answers < 500) answers++;
    expect(answers).toBeLessThan(500);
    fate.change = (program) => program;
    const expected = createPredictor(ensemble, { path: 'plain' }).raw(values, many);
    for (const found of [
      batch.raw(values, many, 3)!,
      createPredictor(ensemble, { threads: 3 }).raw(values, many),
    ])
      expect(found[0].every((x, i) => x === expected[0][i])).toBe(true);
  },
  20_000,
);

test.each([
  ['throws', 'throw new Error("gone");'],
  ['exits', 'process.exit(0);'],
])(
  'a step of the optimiser whose helper %s with a piece in hand ends with an error that says so',
  async (_, then) => {
    fate.change = (program) => program.replace(pieceTaken, `${pieceTaken} ${then}`);
    const optimiser = new Optimiser([{ length: 4_000_000, decays: true }], 3);
    const lost = (): void => {
      // helpers that start too late meet the next call
      for (let call = 0; call < 500; call++) optimiser.norm();
    };
    expect(lost).toThrow(expect.objectContaining({ code: 'optimiser-thread-lost' }));
    await optimiser.close();
    fate.change = (program) => program;
    optimiser.arrays[0].gradient.set([3, 4]);
    expect(optimiser.norm()).toBe(5);
    await optimiser.close();
  },
  60_000,
);
