import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultLora, initialAdapters } from './adapters.ts';
import { fineTune } from './fine-tune.ts';
import type { FineTuneOptions, FineTuneState } from './fine-tune.ts';
import { parametersOf } from './parameters.ts';
import { smallConfig } from './small-config-fixture.ts';
import { createRandom } from '../random.ts';
import { bytesOf } from '../../tensor/bytes.ts';
import { TensorDevice } from '../../tensor/device.ts';
import type { Graph } from '../../tensor/graph.ts';
import { elementTypes } from '../../tensor/onnx/model.ts';
import type { OnnxNode, OnnxTensor } from '../../tensor/onnx/model.ts';
import { openSession } from '../../tensor/session.ts';
import type { InferenceSession, Tensor } from '../../tensor/session.ts';
import { drawCuts, lastCuts, windowBatch } from './training-windows.ts';
import type { TrainingSeries } from './training-windows.ts';

const config = smallConfig(1);
const weights = new Map(
  parametersOf(config).map(({ name, shape, start }, i) => {
    const random = createRandom(5, i);
    const count = shape.reduce((a, b) => a * b, 1);
    const one = (): number =>
      'constant' in start ? start.constant : start.deviation * 2 * (random.next() - 0.5);
    return [name, Float32Array.from({ length: count }, one)];
  }),
);
/** A daily shape of 12 steps and a plan that doubles it, known ahead. */
function plant(steps: number): TrainingSeries {
  const plan = Float64Array.from({ length: steps }, (_, i) => (Math.floor(i / 24) % 3 === 0 ? 1 : 0));
  const target = plan.map((on, i) => (1 + on) * (5 + 3 * Math.sin((2 * Math.PI * i) / 12)));
  return { target, past: [target.map((value) => value * 2)], known: [plan] };
}
const series = { train: plant(400), validation: plant(480) };
const options: FineTuneOptions = {
  context: 48,
  horizon: 12,
  rows: 24,
  leastPast: 12,
  steps: 30,
  rate: 1e-2,
  lora: null,
  accumulate: 1,
  validation: lastCuts(480, { context: 48, horizon: 12, rows: 0, leastPast: 12 }, 6),
  evaluateEvery: 10,
  patience: null,
  seed: 3,
};
const silent = { progress: () => undefined, curve: () => undefined, log: () => undefined };

/** Says it is a card, and is the processor. */
class ImitatedCard extends TensorDevice {
  override options(): InferenceSession.SessionOptions {
    return { executionProviders: ['cpu'] };
  }
}

describe('windows', () => {
  test('are cut where there is a past and a whole horizon, the same for the same seed', () => {
    const cuts = Array.from({ length: 50 }, (_, step) => drawCuts(series.train, options, 1, step)).flat();
    expect(cuts).toHaveLength(50 * 8); // three rows a window
    expect(Math.min(...cuts)).toBeGreaterThanOrEqual(12);
    expect(Math.max(...cuts)).toBeLessThanOrEqual(400 - 12);
    expect(new Set(cuts).size).toBeGreaterThan(150);
    expect(drawCuts(series.train, options, 1, 7)).toEqual(drawCuts(series.train, options, 1, 7));
    expect(drawCuts(series.train, options, 2, 7)).not.toEqual(drawCuts(series.train, options, 1, 7));
    expect(options.validation).toEqual([408, 420, 432, 444, 456, 468]);
  });

  test('show the future of what is known ahead and of nothing else, and score the target alone', () => {
    const { batch, targets } = windowBatch(config, series.train, options, [100, 200]);
    expect([...batch.groups]).toEqual([0, 0, 0, 1, 1, 1]);
    const shown = (row: number): number => {
      const { patch } = config;
      const width = batch.outputPatches * 3 * patch;
      return batch.future
        .subarray(row * width, (row + 1) * width)
        .filter((value, i) => i % (3 * patch) >= 2 * patch && value === 1).length;
    };
    expect([0, 1, 2].map(shown)).toEqual([0, 0, 12]);
    expect(targets.map((row) => row?.length ?? null)).toEqual([12, null, null, 12, null, null]);
    expect(targets[3]![0]).toBe(series.train.target[200]);
  });

  test('have no covariate that stays at one value before the cut', () => {
    // from step 150 on both change; a window reads 48 steps
    const late = Float64Array.from({ length: 400 }, (_, i) => (i < 150 ? 0.1 : i % 5));
    const { target } = series.train;
    const told = { target, past: [late, new Float64Array(400).fill(Number.NaN)], known: [late] };
    const { batch, targets } = windowBatch(config, told, options, [150, 151, 190]);
    expect([...batch.groups]).toEqual([0, 1, 1, 1, 2, 2, 2]);
    expect(targets.map((row) => row?.length ?? null)).toEqual([12, 12, null, null, 12, null, null]);
  });
});

describe('memory', () => {
  /**
   * A device that holds so many rows at once in training, and twice as many where intermediate values are not kept: ONNX
   * Runtime's own message beyond them. With `card` the processor holds all.
   */
  const small =
    (most: number, card?: TensorDevice): typeof openSession =>
    async (source, session) => {
      const graph = typeof source === 'function' ? source({}) : source;
      const opened = await openSession(graph, session);
      const { nodes, outputs } = graph.toOnnx().graph;
      const kept =
        outputs.some(({ name }) => name.startsWith('gradient:')) &&
        !nodes.some(({ outputs: [name] }) => name.includes('/again/'));
      const room = kept ? most : 2 * most;
      const run = async (
        feeds: Record<string, Tensor>,
        ...fetches: [InferenceSession.FetchesType] | []
      ): Promise<unknown> => {
        if ((feeds['context']?.dims[0] ?? 0) > room && card?.provider !== 'cpu')
          throw new Error(
            'Non-zero status code returned while running MatMul node. Failed to allocate memory for requested buffer of size 805306368',
          );
        return await opened.run(feeds, ...(fetches as [InferenceSession.FetchesType]));
      };
      return { run, release: () => opened.release() } as unknown as InferenceSession;
    };
  const train = (most: number, log: (level: string, message: string) => void = () => undefined) =>
    fineTune(
      config,
      weights,
      series,
      { ...options, steps: 4, evaluateEvery: 2, open: small(most) },
      { ...silent, log },
    );

  test('that runs out halves the batch and goes on to the same weights', async () => {
    const told: string[] = [];
    const [whole, halved] = [
      await train(100),
      await train(7, (level, message) => void told.push(`${level} ${message}`)),
    ];
    // eight windows of three rows, then four, then two
    expect(told.filter((line) => line.startsWith('warn'))).toEqual([
      'warn memory ran out: training goes on with batches of 12 series, 2 of them a step',
      'warn memory ran out: training goes on with batches of 6 series, 4 of them a step',
    ]);
    expect(halved.step).toBe(whole.step);
    expect(halved.loss! / whole.loss!).toBeCloseTo(1, 3);
    for (const [name, values] of halved.weights)
      values.forEach((value, i) =>
        expect(Math.abs(value - whole.weights.get(name)![i]), name).toBeLessThan(1e-3),
      );
  });

  test('that is not there to begin with is not asked for', async () => {
    const begun = async (free: number): Promise<string[]> => {
      const told: string[] = [];
      const log = (_: string, message: string) => void told.push(message);
      const session = { freeMemory: () => free };
      await fineTune(
        config,
        weights,
        series,
        { ...options, steps: 1, validation: [], session },
        { ...silent, log },
      );
      return told;
    };
    expect(await begun(2 ** 30)).toEqual([]);
    expect(await begun(2 ** 18)).toEqual([
      '0.0 GiB of memory are free: training begins with batches of 12 series, 2 of them a step',
    ]);
    expect(await begun(0)).toEqual([
      '0.0 GiB of memory are free: training begins with batches of 3 series, 8 of them a step',
      '0.0 GiB of memory are free: training makes its intermediate values again instead of keeping them',
    ]);
  });

  test('too small for one window with all it makes is enough for one that makes it again', async () => {
    const told: string[] = [];
    const [whole, spared] = [
      await train(100),
      await train(2, (level, message) => void told.push(`${level} ${message}`)),
    ];
    expect(told.filter((line) => line.startsWith('warn')).slice(-2)).toEqual([
      'warn memory ran out: training goes on with batches of 3 series, 8 of them a step',
      'warn memory ran out: training goes on, but makes its intermediate values again instead of keeping them',
    ]);
    for (const [name, values] of spared.weights)
      values.forEach((value, i) =>
        expect(Math.abs(value - whole.weights.get(name)![i]), name).toBeLessThan(1e-3),
      );
  });

  test('of a card that is too small for one window leaves the work to the processor', async () => {
    const plan = { ...options, steps: 4, evaluateEvery: 2 };
    const whole = await fineTune(config, weights, series, plan, silent);
    const told: string[] = [];
    const log = (level: string, message: string): void => void told.push(`${level} ${message}`);
    const device = new ImitatedCard('RTX', ['cuda'], { log });
    const onCard = { ...plan, session: { device }, open: small(1, device) };
    const done = await fineTune(config, weights, series, onCard, { ...silent, log });
    expect(told.slice(0, 6)).toEqual([
      ...[12, 6, 3].map((rows) => expect.stringContaining(`batches of ${rows} series`) as string),
      'warn memory ran out: training goes on, but makes its intermediate values again instead of keeping them',
      expect.stringMatching(
        /^warn CUDA failed \(.*Failed to allocate.*\): the work goes on with the processor$/,
      ),
      'info Using device: cpu',
    ]);
    expect(done.step).toBe(whole.step);
    for (const [name, values] of done.weights)
      values.forEach((value, i) =>
        expect(Math.abs(value - whole.weights.get(name)![i]!), name).toBeLessThan(1e-3),
      );
  });

  test('too small for one window is said, and other failures are no want of memory', async () => {
    await expect(train(1)).rejects.toMatchObject({
      code: 'out-of-memory',
      hint: expect.stringContaining('lora') as string,
    });
    const open = (): Promise<never> => Promise.reject(new Error('No such operator'));
    await expect(fineTune(config, weights, series, { ...options, open }, silent)).rejects.toThrow(
      'No such operator',
    );
  });
});

describe.each([null, defaultLora])('training further, %o', (lora) => {
  const begin = lora === null ? weights : new Map([...weights, ...initialAdapters(config, lora, 1)]);
  const train = (more: Partial<FineTuneOptions> = {}, hooks = {}, from: FineTuneState | null = null) =>
    fineTune(config, begin, series, { ...options, lora, ...more }, { ...silent, ...hooks }, from);

  test('forecasts the newest windows better, and says what the loss was', async () => {
    const losses = new Map<string, number[]>();
    const curve = (name: string, step: number, value: number): void =>
      void losses.set(name, [...(losses.get(name) ?? []), step, value]);
    const done = await train({ rate: lora === null ? 1e-2 : 1e-1 }, { curve });
    const [, before] = losses.get('validation loss')!;
    expect(losses.get('validation loss')!.filter((_, i) => i % 2 === 0)).toEqual([0, 10, 20, 30]);
    expect(losses.get('train loss')).toHaveLength(60);
    expect(done.loss).toBeLessThan(0.8 * before!);
    if (lora !== null) expect([...done.weights.keys()].every((name) => name.includes('.lora_'))).toBe(true);
  });

  test('stops short of what was trained where the newest windows want it, and does so again without them', async () => {
    const looks: number[] = [];
    const curve = (name: string, _: number, value: number): void =>
      void (name === 'validation loss' && looks.push(value));
    // rates that take it too far: where it ends is worse than where it began
    const far = { rate: lora === null ? 0.5 : 4, steps: 3 };
    const done = await train({ ...far, evaluateEvery: far.steps }, { curve });
    expect(done.step).toBe(far.steps);
    expect(done.share).toBe(lora === null ? 0.5 : 0.25);
    expect(looks).toHaveLength(2);
    expect(looks[1]).toBeGreaterThan(looks[0]!);
    expect(done.loss).toBeLessThan(0.8 * looks[0]!);

    const whole = await train({ ...far, validation: [] });
    expect(whole.share).toBe(1);
    const short = await train({ ...far, validation: [], share: done.share });
    expect(short.weights).toEqual(done.weights);
    for (const [name, values] of done.weights)
      values.forEach((value, i) => {
        const from = begin.get(name)![i]!;
        expect(value).toBeCloseTo(from + done.share * (whole.weights.get(name)![i]! - from), 4);
      });
  });

  test('goes on from a saved state to the very same weights', async () => {
    const whole = await train();
    const saved: FineTuneState[] = [];
    const copy = (map: ReadonlyMap<string, Float32Array>) =>
      new Map([...map].map(([name, values]) => [name, values.slice()]));
    await train(
      {},
      {
        save: ({ trainer, ...rest }: FineTuneState) =>
          trainer.step % 10 === 0 &&
          saved.push({
            trainer: {
              ...trainer,
              weights: copy(trainer.weights),
              means: copy(trainer.means),
              squares: copy(trainer.squares),
            },
            ...rest,
          }),
      },
    );
    expect(saved.map(({ trainer }) => trainer.step)).toEqual([10, 20, 30]);
    const resumed = await train({}, {}, saved[0]);
    expect(resumed.step).toBe(whole.step);
    expect(resumed.weights).toEqual(whole.weights);
  });

  test('ends early when the newest windows get no better, with the best weights', async () => {
    const told: string[] = [];
    // a rate that throws the weights about
    const done = await train(
      { rate: 30, patience: 2 },
      { log: (_: string, message: string) => told.push(message) },
    );
    expect(told[0]).toContain('after 20 steps');
    expect(done.step).toBe(0);
    for (const [name, values] of done.weights) expect(values).toEqual(begin.get(name));
  });
});

test('the rate falls to nothing in a straight line from the first step on, also after a break', async () => {
  const copy = (map: ReadonlyMap<string, Float32Array>) =>
    new Map([...map].map(([name, values]) => [name, values.slice()]));
  /** What each step multiplied the optimiser's direction by. */
  const rates = async (more: Partial<FineTuneOptions>, from: FineTuneState | null = null) => {
    let before: ReadonlyMap<string, Float32Array> = from?.trainer.weights ?? weights;
    const found: number[] = [];
    let last: FineTuneState | null = null;
    const save = (state: FineTuneState): void => {
      const { step, weights: after, means, squares } = state.trainer;
      let [along, size] = [0, 0];
      for (const [name, values] of after)
        values.forEach((value, i) => {
          const mean = means.get(name)![i]! / (1 - 0.9 ** step);
          const square = squares.get(name)![i]! / (1 - 0.999 ** step);
          const direction = mean / (Math.sqrt(square) + 1e-8);
          along += (before.get(name)![i]! - value) * direction;
          size += direction ** 2;
        });
      found.push(along / size);
      before = copy(after);
      last = {
        ...state,
        trainer: { ...state.trainer, weights: before, means: copy(means), squares: copy(squares) },
      };
    };
    const plan = { ...options, steps: 8, rate: 0.02, validation: [], ...more };
    await fineTune(config, weights, series, plan, { ...silent, save }, from);
    return { found, last: last as FineTuneState | null };
  };
  const line = [8, 7, 6, 5, 4, 3, 2, 1].map((left) => (0.02 * left) / 8);
  const near = (found: readonly number[], wanted: readonly number[]): void => {
    expect(found).toHaveLength(wanted.length);
    found.forEach((rate, i) => expect(rate / wanted[i]!, `step ${i + 1}`).toBeCloseTo(1, 3));
  };
  near((await rates({})).found, line);
  // a training that ends sooner is the beginning of the whole one
  const { found, last } = await rates({ until: 3 });
  near(found, line.slice(0, 3));
  near((await rates({}, last)).found, line.slice(3));
});

/** The graph, which fails while it runs, as soon as a bias that starts at 0 has moved so far. */
function brittle(graph: Graph, limit: number): Graph {
  const { graph: whole, ...rest } = graph.toOnnx();
  const float = (value: number): OnnxTensor => ({
    type: 'float32',
    dims: [],
    data: bytesOf(Float32Array.of(value)),
  });
  const index = { type: 'int64', dims: [1], data: bytesOf(BigInt64Array.of(0n)) } as const;
  const nodes: OnnxNode[] = [
    ...whole.nodes.map((node) => (node.outputs[0] === 'loss' ? { ...node, outputs: ['loss of it'] } : node)),
    {
      type: 'ReduceL2',
      inputs: ['output_patch_embedding.output_layer.bias'],
      outputs: ['moved'],
      attributes: { keepdims: { int: 0 } },
    },
    { type: 'Greater', inputs: ['moved', 'limit'], outputs: ['too far'] },
    {
      type: 'Cast',
      inputs: ['too far'],
      outputs: ['place'],
      attributes: { to: { int: elementTypes.int64 } },
    },
    // a table of one number
    { type: 'Gather', inputs: ['nothing', 'place'], outputs: ['zero'] },
    {
      type: 'Cast',
      inputs: ['zero'],
      outputs: ['zero as float'],
      attributes: { to: { int: elementTypes.float32 } },
    },
    { type: 'Add', inputs: ['loss of it', 'zero as float'], outputs: ['loss'] },
  ];
  const initializers = new Map([...whole.initializers, ['limit', float(limit)], ['nothing', index]]);
  const model = { ...rest, graph: { ...whole, nodes, initializers } };
  return Object.assign(Object.create(graph) as Graph, { toOnnx: () => model });
}

test('a card that fails in the middle of a training is left for the processor, and no step is lost', async () => {
  const plan = { ...options, steps: 6, evaluateEvery: 2 };
  const curves = (): { values: number[]; curve: (name: string, step: number, value: number) => void } => {
    const values: number[] = [];
    return { values, curve: (_, step, value) => void values.push(step, value) };
  };
  const whole = curves();
  const wanted = await fineTune(config, weights, series, plan, { ...silent, curve: whole.curve });
  const log: string[] = [];
  const part = curves();
  const said: number[] = [];
  const device = new ImitatedCard('RTX', ['cuda'], {
    log: (level, message) => {
      log.push(`${level} ${message}`);
      said.push(part.values.length / 2);
    },
    used: (name) => void log.push(`used ${name}`),
  });
  const opened: string[] = [];
  const open: typeof openSession = (source, session) =>
    openSession((form) => {
      const graph = typeof source === 'function' ? source(form) : source;
      opened.push(device.provider);
      return device.provider === 'cpu' ? graph : brittle(graph, 0.05);
    }, session);
  const done = await fineTune(
    config,
    weights,
    series,
    { ...plan, session: { device, logSeverityLevel: 4 }, open },
    { ...silent, curve: part.curve },
  );
  expect(log).toEqual([
    'used RTX',
    expect.stringMatching(/^warn CUDA failed \(.*Gather.*\): the work goes on with the processor$/),
    'info Using device: cpu',
    'used cpu',
  ]);
  expect(opened).toEqual(['cuda', 'cuda', 'cpu', 'cpu']);
  // some steps were made on the card, and some are still to come
  expect(said[0]).toBeGreaterThan(1);
  expect(said[0]).toBeLessThan(whole.values.length / 2 - 1);
  expect(part.values).toEqual(whole.values);
  expect(done).toEqual(wanted);
});

const steel = path.join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'steel_industry.csv');

/** A checkpoint of its own, small enough to be trained here: rows of some patches, weights as a training from scratch begins. */
async function trained(
  series: TrainingSeries,
  more: Partial<FineTuneOptions>,
): Promise<{ before: number; after: number }> {
  const losses: number[] = [];
  const plan = { ...options, steps: 60, evaluateEvery: 20, ...more };
  const { length } = series.target;
  const cuts = lastCuts(length, plan, 12);
  const until = (row: TrainingSeries['target']): TrainingSeries['target'] =>
    row.subarray(0, length - 12 * plan.horizon);
  await fineTune(
    config,
    weights,
    {
      train: { target: until(series.target), past: series.past.map(until), known: series.known.map(until) },
      validation: series,
    },
    { ...plan, validation: cuts },
    { ...silent, curve: (name, _, value) => void (name === 'validation loss' && losses.push(value)) },
  );
  // per row that is scored: covariates count as rows of no loss
  const rows = 1 + series.past.length + series.known.length;
  return { before: rows * losses[0]!, after: rows * Math.min(...losses) };
}

test.skipIf(!existsSync(steel))(
  'on the steel data it forecasts better than the checkpoint it begins with',
  async () => {
    const lines = readFileSync(steel, 'utf8').trim().split(/\r?\n/).slice(1);
    // hours of the year's first ten weeks
    const hour = (h: number): number =>
      [0, 1, 2, 3].reduce((sum, quarter) => sum + Number(lines[4 * h + quarter]!.split(',')[1]), 0);
    const target = Float64Array.from({ length: 24 * 70 }, (_, h) => hour(h));
    const { before, after } = await trained(
      { target, past: [], known: [] },
      { horizon: 16, context: 64, leastPast: 16 },
    );
    expect(after).toBeLessThan(0.8 * before);
  },
);

test('covariates that say what comes make a training better than the series alone', async () => {
  // a plan that nobody can tell from the past doubles the load
  const random = createRandom(11);
  const plan = new Float64Array(960);
  for (let block = 0; block < 160; block++) plan.fill(random.next() < 0.5 ? 1 : 0, 6 * block, 6 * block + 6);
  const target = plan.map((on, i) => (1 + on) * (5 + Math.sin((2 * Math.PI * i) / 12)));
  const past = [target.map((value) => value * 2)];
  const longer = { steps: 240, rate: 2e-2 };
  const alone = await trained({ target, past: [], known: [] }, { ...longer, rows: 8 });
  const told = await trained({ target, past, known: [plan] }, { ...longer, rows: 24 });
  expect(told.after).toBeLessThan(0.7 * alone.after);
});
