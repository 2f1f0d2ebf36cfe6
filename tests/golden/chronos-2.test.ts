/**
 * @file Chronos-2 as a graph against the original (chronos-forecasting 2.3, PyTorch): forecasts, loss and gradients of a small checkpoint whose
 * weights follow a formula. `chronos-2.json` holds what the original gave.
 */
import { describe, expect, test } from 'vitest';
import { adaptersOf, defaultLora, initialAdapters, mergeAdapters } from '../../src-main/models/chronos/adapters.ts';
import { denormalise, encodeBatch } from '../../src-main/models/chronos/encode.ts';
import type { EncodedBatch } from '../../src-main/models/chronos/encode.ts';
import { buildNetwork, networkInputs } from '../../src-main/models/chronos/network.ts';
import { quantileLoss } from '../../src-main/models/chronos/loss.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { Trainer, feedsOf, targetFeeds } from '../../src-main/models/chronos/trainer.ts';
import { differentiate } from '../../src-main/tensor/differentiate.ts';
import { Graph } from '../../src-main/tensor/graph.ts';
import type { Value } from '../../src-main/tensor/graph.ts';
import { openSession } from '../../src-main/tensor/session.ts';
import type { InferenceSession } from '../../src-main/tensor/session.ts';
import { floatTensors } from '../../src-main/tensor/stored.ts';
import { checkpoint, config, golden, weightOf } from './support/chronos.ts';

type Rows = readonly (readonly (number | null)[])[];
interface Forward {
  readonly context: Rows;
  readonly group_ids: readonly number[];
  readonly num_output_patches: number;
  readonly future_covariates: Rows | null;
  readonly loc: readonly number[];
  readonly scale: readonly number[];
  readonly quantile_preds: readonly (readonly (readonly number[])[])[];
  readonly row0?: {
    readonly patched_context: Rows;
    readonly context_attention_mask: readonly number[];
    readonly patched_future: Rows;
  };
}
/** @param floor from where on the difference is relative */
const close = (found: number, wanted: number, tolerance: number, what: string, floor = 1e-3): void => {
  expect(Math.abs(found - wanted) / Math.max(floor, Math.abs(wanted)), `${what}: ${found}, ${wanted}`).toBeLessThan(tolerance);
};
const numbers = (rows: Rows | null, count: number): (Float32Array | null)[] =>
  rows === null ? new Array<null>(count).fill(null) : rows.map((row) => Float32Array.from(row, (value) => value ?? Number.NaN));

function encoded(forward: Forward): EncodedBatch {
  return encodeBatch(config, {
    contexts: numbers(forward.context, 0) as Float32Array[],
    groups: forward.group_ids,
    futures: numbers(forward.future_covariates, forward.context.length),
    outputPatches: forward.num_output_patches,
  });
}

async function predict(forward: Forward, grouped: boolean): Promise<Float32Array> {
  const graph = new Graph('chronos-2');
  const output = buildNetwork(config, networkInputs(graph, config, grouped), (name, shape) =>
    graph.stored(name, { type: 'float32', dims: shape, data: new Uint8Array(weightOf(name, shape).buffer) }),
  );
  graph.output('quantiles', output);
  const session = await openSession(graph);
  const batch = encoded(forward);
  const { quantiles } = await session.run(feedsOf(config, batch, grouped));
  await session.release();
  return denormalise(quantiles.data as Float32Array, batch.loc, batch.scale, config.arcsinh);
}

test('weights by formula are those of the golden file', () => {
  for (const { name, shape } of parametersOf(config)) {
    const weight = weightOf(name, shape);
    const { first4, sum } = golden.weight_check[name];
    first4.forEach((value, i) => expect(weight[i], name).toBeCloseTo(value, 6));
    expect(
      weight.reduce((a, b) => a + b, 0),
      name,
    ).toBeCloseTo(sum, 3);
  }
});

const cases = ['forward_univariate', 'forward_grouped', 'forward_edge_allnan_constant_leftpad', 'forward_long_context_truncated'];
describe.each(cases)('%s', (name) => {
  const forward = golden[name] as Forward;

  test('normalisation and patches', () => {
    const batch = encoded(forward);
    forward.loc.forEach((loc, row) => expect(Math.abs(batch.loc[row] - loc)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(loc))));
    forward.scale.forEach((scale, row) => expect(batch.scale[row] / scale).toBeCloseTo(1, 5));
    const width = 3 * config.patch;
    forward.row0?.patched_context.flat().forEach((value, i) => expect(batch.context[i], `context ${i}`).toBeCloseTo(value ?? Number.NaN, 5));
    forward.row0?.context_attention_mask.forEach((value, i) => expect(batch.tokens[i], `mask ${i}`).toBe(value));
    forward.row0?.patched_future.flat().forEach((value, i) => expect(batch.future[i], `future ${i}`).toBeCloseTo(value ?? Number.NaN, 5));
    expect(batch.context.length % width).toBe(0);
  });

  test('forecasts', async () => {
    const predicted = await predict(forward, true);
    forward.quantile_preds.flat(2).forEach((value, i) => {
      expect(Math.abs(predicted[i] - value) / Math.max(1, Math.abs(value)), `element ${i}: ${predicted[i]}, ${value}`).toBeLessThan(1e-4);
    });
  });
});

/** What the network gives (`head`), its last normalisation (`final`), and what every normalisation reads: what the sub-layer before it has added to. */
async function insideOf(batch: EncodedBatch): Promise<Awaited<ReturnType<InferenceSession['run']>>> {
  const graph = new Graph('chronos-2');
  const weights = new Map<Value, string>();
  const { result, nodes } = graph.recorded(() =>
    buildNetwork(config, networkInputs(graph, config, true), (weight, shape) => {
      const data = new Uint8Array(weightOf(weight, shape).buffer);
      const value = graph.stored(weight, { type: 'float32', dims: shape, data });
      weights.set(value, weight);
      return value;
    }),
  );
  graph.output('head', result);
  for (const { type, sources, outputs } of nodes) {
    const norm = type === 'Identity' && sources[1] ? weights.get(sources[1]) : undefined;
    if (norm === undefined) continue;
    graph.output(`before ${norm}`, sources[0]!);
    if (norm.includes('final')) graph.output('final', outputs[0]);
  }
  const session = await openSession(graph);
  const made = await session.run(feedsOf(config, batch, true));
  await session.release();
  return made;
}

describe.each(['forward_univariate', 'forward_grouped'])('inside of the network: %s', (name) => {
  const forward = golden[name] as Forward;
  const wanted = forward.row0 as unknown as Readonly<Record<string, readonly number[] | Rows>>;

  test('every sub-layer', async () => {
    const batch = encoded(forward);
    const made = await insideOf(batch);
    /** of row 0 */
    const token = (value: string, at: number): number[] => {
      const data = made[value].data as Float32Array;
      const from = (at < 0 ? made[value].dims[1] + at : at) * config.dModel;
      return [...data.subarray(from, from + config.dModel)];
    };
    const same = (found: readonly number[], key: string): void => {
      const values = wanted[key].flat() as readonly number[];
      expect(found, key).toHaveLength(values.length);
      values.forEach((value, i) => close(found[i], value, 1e-4, `${key}[${i}]`, 1));
    };
    const before = (norm: string): string => `before encoder.${norm}layer_norm.weight`;
    const first = before('block.0.layer.0.');
    const { contextPatches: n } = batch;
    same([...token(first, 0), ...token(first, n - 1)], 'context_embeddings_first_and_last_patch');
    same(token(first, n + 1), 'future_embeddings_first_patch');
    const layers = ['block.0.layer.1.', 'block.0.layer.2.', 'block.1.layer.0.', 'block.1.layer.1.', 'block.1.layer.2.', 'final_'];
    const parts = [0, 1].flatMap((block) => ['time_attention', 'group_attention', 'feed_forward'].map((part) => `block${block}.${part}`));
    layers.forEach((norm, i) => same(token(before(norm), -1), `${parts[i]}_last_position`));
    same(token('final', -1), 'final_layer_norm_last_position');
    // levels x patches x steps of a patch
    const { patch, quantiles } = config;
    const head = made['head'].data as Float32Array;
    const m = forward.num_output_patches;
    const last = quantiles.flatMap((_, q) => [...head.subarray((q * m + m - 1) * patch, (q + 1) * m * patch)]);
    same(last, 'output_patch_embedding_last_position');
  });

  test('the normalised forecast', async () => {
    // put back into a unit that is that of the normalised series
    const runner = new Chronos2Runner({ ...checkpoint, config: { ...config, arcsinh: false } });
    const batch = encoded(forward);
    const rows = forward.group_ids.flatMap((id, row) => (id === forward.group_ids[0] ? [row] : []));
    const group = encodeBatch(config, {
      contexts: rows.map((row) => numbers(forward.context, 0)[row]!),
      groups: rows.map(() => 0),
      futures: rows.map((row) => numbers(forward.future_covariates, forward.context.length)[row]),
      outputPatches: forward.num_output_patches,
    });
    const plain = { loc: new Float32Array(rows.length), scale: new Float32Array(rows.length).fill(1) };
    const found = await runner.run({ ...group, ...plain }, rows.length);
    await runner.close();
    rows
      .flatMap((row) => forward.quantile_preds[row].flat().map((value) => Math.asinh((value - batch.loc[row]) / batch.scale[row])))
      .forEach((value, k) => close(found[k], value, 1e-4, `element ${k}`, 1));
    const values = wanted['output_patch_embedding_last_position'] as readonly number[];
    const steps = forward.num_output_patches * config.patch;
    values.forEach((value, i) => {
      const [q, p] = [Math.floor(i / config.patch), i % config.patch];
      close(found[(q + 1) * steps - config.patch + p], value, 1e-4, `last patch ${i}`, 1);
    });
  });
});

test('the embedding that the original gives for a series', async () => {
  const { inputs, embed_item0_target_only: embedded } = golden['pipeline'] as {
    readonly inputs: readonly { readonly target: Rows[number] }[];
    readonly embed_item0_target_only: {
      readonly shape: readonly number[];
      readonly last: readonly number[];
      readonly loc: Rows;
      readonly scale: Rows;
    };
  };
  const contexts = numbers([inputs[0].target], 1) as Float32Array[];
  const batch = encodeBatch(config, { contexts, groups: [0], futures: [null], outputPatches: 1 });
  expect([1, batch.contextPatches + 2, config.dModel]).toEqual(embedded.shape);
  close(batch.loc[0], embedded.loc[0][0]!, 1e-6, 'loc');
  close(batch.scale[0], embedded.scale[0][0]!, 1e-6, 'scale');
  const { final } = await insideOf(batch);
  embedded.last.forEach((value, i) => close((final.data as Float32Array)[i], value, 1e-4, `last[${i}]`, 1));
});

test('a row alone in its group needs no group attention', async () => {
  const forward = golden['forward_univariate'] as Forward;
  const [alone, grouped] = [await predict(forward, false), await predict(forward, true)];
  alone.forEach((value, i) => expect(value).toBeCloseTo(grouped[i], 4));
});

interface Gradients {
  readonly loss: number;
  readonly total_norm: number;
  readonly per_param: Readonly<Record<string, { readonly l2: number; readonly first3: readonly number[] }>>;
}
interface Training {
  readonly steps: readonly { readonly lr: number; readonly loss: number; readonly grad_norm_before_clip: number }[];
  readonly loss_after: number;
  readonly param_after: Readonly<Record<string, { readonly first4: readonly number[]; readonly sum: number }>>;
  readonly forward_univariate_after: Forward['quantile_preds'];
}

/** The forecast of forward_univariate with other weights. */
async function univariate(weights: ReadonlyMap<string, Float32Array>): Promise<Float32Array> {
  const runner = new Chronos2Runner({ config, folder: null, tensors: floatTensors(parametersOf(config), weights) });
  const said = await runner.run(encoded(golden['forward_univariate'] as Forward), 1);
  await runner.close();
  return said;
}
const near = (said: Float32Array, expected: Forward['quantile_preds']): void =>
  expected.flat(2).forEach((value, i) => close(said[i], value, 1e-4, `value ${i}`));

const scored = golden['forward_grouped'] as Forward & { readonly future_target: Rows };

test('loss and every gradient equal those of PyTorch', async () => {
  const expected = golden['gradients_forward_grouped'] as Gradients;
  const graph = new Graph('gradients');
  const weights = new Map<string, Value>();
  const output = buildNetwork(config, networkInputs(graph, config, true), (name, shape) => {
    const value = graph.stored(name, { type: 'float32', dims: shape, data: new Uint8Array(weightOf(name, shape).buffer) });
    weights.set(name, value);
    return value;
  });
  const shape = ['rows', 'm', config.patch];
  const loss = quantileLoss(output, graph.input('target', 'float32', shape), graph.input('mask', 'float32', shape), config.quantiles);
  graph.output('loss', loss);
  const gradients = differentiate(loss, [...weights.values()]);
  [...weights.keys()].forEach((name, i) => graph.output(`gradient:${name}`, gradients[i]));
  const session = await openSession(graph);
  const batch = encoded(scored);
  const out = await session.run({
    ...feedsOf(config, batch, true),
    ...targetFeeds(config, batch, numbers(scored.future_target, 0)),
  });
  close((out['loss'].data as Float32Array)[0], expected.loss, 1e-5, 'loss');
  for (const [name, { l2, first3 }] of Object.entries(expected.per_param)) {
    const gradient = out[`gradient:${name}`].data as Float32Array;
    close(Math.hypot(...gradient), l2, 1e-4, name);
    first3.forEach((value, i) => close(gradient[i], value, 1e-4, `${name}[${i}]`, 1e-2));
  }
  await session.release();
});

test.each([false, true])('five training steps equal those of PyTorch, recomputed %s', async (recompute) => {
  const training = golden['train_full'] as Training;
  const weights = new Map(parametersOf(config).map(({ name, shape }) => [name, weightOf(name, shape)]));
  const trainer = new Trainer(
    config,
    { step: 0, weights, means: new Map(), squares: new Map() },
    { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1, recompute },
  );
  const batch = encoded(scored);
  const targets = numbers(scored.future_target, 0);
  for (const [k, { lr, loss, grad_norm_before_clip: norm }] of training.steps.entries()) {
    const found = await trainer.step([{ batch, targets }], lr);
    close(found.loss, loss, 1e-5, `loss of step ${k}`);
    close(found.norm, norm, 1e-4, `norm of step ${k}`);
  }
  close((await trainer.step([{ batch, targets }], 0)).loss, training.loss_after, 1e-4, 'loss afterwards');
  const after = trainer.state().weights;
  for (const [name, { first4, sum }] of Object.entries(training.param_after)) {
    const weight = after.get(name) ?? new Float32Array(0);
    first4.forEach((value, i) => close(weight[i], value, 1e-4, `${name}[${i}]`));
    expect(weight.reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 3);
  }
  near(await univariate(after), training.forward_univariate_after);
  await trainer.close();
});

interface LoraCase {
  readonly r: number;
  readonly lora_alpha: number;
  readonly trainable: number;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly [number, number] }[];
  readonly forward_univariate: Forward['quantile_preds'];
  readonly train: Training;
}

describe('low-rank adapters', () => {
  const lora = golden['lora'] as LoraCase;
  const options = { ...defaultLora, rank: lora.r, alpha: lora.lora_alpha };
  const weights = new Map(parametersOf(config).map(({ name, shape }) => [name, weightOf(name, shape)]));
  const adapters = new Map(
    lora.tensors.map(({ name, shape }) => {
      const factor = name.includes('lora_B') ? 0.3 : 1;
      return [name, weightOf(name, shape).map((value) => Math.fround(value * factor))];
    }),
  );
  const forecast = (adapted: ReadonlyMap<string, Float32Array>): Promise<Float32Array> =>
    univariate(mergeAdapters(config, options, weights, adapted));

  test('are those of the original, and merged forecast as there', async () => {
    const own = adaptersOf(config, options).flatMap(({ a, b }) => [a, b]);
    expect(own).toEqual(lora.tensors);
    expect(own.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0)).toBe(lora.trainable);
    near(await forecast(adapters), lora.forward_univariate);
    // training starts from the checkpoint itself
    const fresh = initialAdapters(config, options, 1);
    expect(mergeAdapters(config, options, weights, fresh)).toEqual(weights);
  });

  test('five training steps equal those of PyTorch', async () => {
    const trainer = new Trainer(
      config,
      { step: 0, weights: new Map([...weights, ...adapters]), means: new Map(), squares: new Map() },
      { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1, lora: options },
    );
    const batch = encoded(scored);
    const targets = numbers(scored.future_target, 0);
    for (const [k, { lr, loss, grad_norm_before_clip: norm }] of lora.train.steps.entries()) {
      const found = await trainer.step([{ batch, targets }], lr);
      close(found.loss, loss, 1e-5, `loss of step ${k}`);
      close(found.norm, norm, 1e-4, `norm of step ${k}`);
    }
    close((await trainer.step([{ batch, targets }], 0)).loss, lora.train.loss_after, 1e-4, 'loss afterwards');
    const after = trainer.state().weights;
    expect([...after.keys()]).toEqual(lora.tensors.map(({ name }) => name));
    near(await forecast(after), lora.train.forward_univariate_after);
    await trainer.close();
  });
});

test.each([null, { ...defaultLora, rank: 4 }])('a batch in parts is a step as the batch at once, with %o', async (lora) => {
  const weights = new Map(parametersOf(config).map(({ name, shape }) => [name, weightOf(name, shape)]));
  const adapters = lora === null ? new Map<string, Float32Array>() : initialAdapters(config, lora, 3);
  const open = (): Trainer =>
    new Trainer(
      config,
      { step: 0, weights: new Map([...weights, ...adapters]), means: new Map(), squares: new Map() },
      { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, clip: 1, lora },
    );
  const targets = numbers(scored.future_target, 0);
  // three rows of one group, two of another
  const part = (from: number, to: number) => ({
    batch: encodeBatch(config, {
      contexts: (numbers(scored.context, 0) as Float32Array[]).slice(from, to),
      groups: scored.group_ids.slice(from, to),
      futures: numbers(scored.future_covariates, scored.context.length).slice(from, to),
      outputPatches: scored.num_output_patches,
    }),
    targets: targets.slice(from, to),
  });
  const whole = { batch: encoded(scored), targets };
  const [atOnce, inParts] = [open(), open()];
  for (const rate of [1e-2, 5e-3]) {
    const one = await atOnce.step([whole], rate);
    const other = await inParts.step([part(0, 3), part(3, 5)], rate);
    close(other.loss, one.loss, 1e-5, 'loss');
    close(other.norm, one.norm, 1e-4, 'norm');
  }
  close(await inParts.loss(whole), await atOnce.loss(whole), 1e-4, 'loss afterwards');
  const expected = atOnce.state().weights;
  for (const [name, values] of inParts.state().weights)
    values.forEach((value, i) => expect(Math.abs(value - expected.get(name)![i]), name).toBeLessThan(1e-3));
  await Promise.all([atOnce.close(), inParts.close()]);
});
