/** @file Recipes of Chronos-Bolt and Chronos-T5 from a checkpoint in the library to a stored forecast, by the real pipeline. */
import { truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { predictBolt } from '../../src-main/models/chronos-bolt/predict.ts';
import { BoltRunner } from '../../src-main/models/chronos-bolt/runner.ts';
import { readBoltCheckpoint, readT5Checkpoint } from '../../src-main/services/chronos-checkpoint.ts';
import { decoderGraph, encoderGraph, sharedRows } from '../../src-main/models/chronos-t5/graphs.ts';
import { predictPaths, predictT5 } from '../../src-main/models/chronos-t5/predict.ts';
import { weightsOf } from '../../src-main/tensor/stored.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { openT5 } from '../../src-main/services/foundation/t5-model.ts';
import type { Graph } from '../../src-main/tensor/graph.ts';
import { encodeOnnx } from '../../src-main/tensor/onnx/encode.ts';
import type { OnnxModel } from '../../src-main/tensor/onnx/model.ts';
import { boltFiles, chronos2Files, t5Files } from '../support/foundation-model.ts';
import { boundedSteps, eachWithFoundationPlant, firstForecast } from '../support/foundation-plant.ts';
import { logOf } from '../pipeline/plant.ts';

const library = eachWithFoundationPlant('older-models');
const { install } = library;
const train = (type: string, set: Record<string, unknown> = {}) =>
  library.plant.train([type], {
    set: { 'model.params.checkpoint': 'tiny', 'forecast.quantiles': '[0.1, 0.5, 0.9]', ...set },
  });

test('a run of Chronos-Bolt forecasts what the checkpoint says', async () => {
  const folder = install(boltFiles());
  const [run] = await train('chronos_bolt');
  expect(run).toMatchObject({ status: 'succeeded', modelType: 'chronos_bolt' });
  expect(run!.metrics!.wql).toBeGreaterThan(0);
  const { batch, plan, context } = firstForecast(library.plant, run!, 64);
  const runner = new BoltRunner(readBoltCheckpoint(folder));
  const [own] = (await predictBolt(runner, [context], { horizon: plan.horizon })) as [Float32Array];
  await runner.close();
  const steps = boundedSteps(own, context, plan.horizon);
  // many rows at once are added up in another order than one
  steps.flat().forEach((value, i) => expect(Math.abs(batch.quantiles![i]! - value)).toBeLessThan(1e-3));
  const { rows } = await createForecastService({ workspace: library.plant.workspace }).create({
    dataset: 'plant',
    runId: run!.id,
    horizon: 30,
    quantiles: [0.1, 0.9],
  });
  expect(rows).toHaveLength(30);
  expect(rows.every(({ quantiles }) => quantiles['0.1']! <= quantiles['0.9']!)).toBe(true);

  install(boltFiles({ seed: 2 }));
  const [other] = await train('chronos_bolt');
  expect(other!.steps.find(({ id }) => id === 'train')!.status).toBe('succeeded');
  expect(other!.metrics!.mae).not.toBe(run!.metrics!.mae);
});

test('a zero-shot recipe takes any kind, and says what is not read; a recipe of one kind takes that', async () => {
  install(boltFiles());
  const [own] = await train('chronos_bolt');
  const [run] = await train('chronos2_zeroshot', { 'data.knownCovariates': '[shift]' });
  expect(run).toMatchObject({ status: 'succeeded', metrics: { mae: own!.metrics!.mae } });
  expect(logOf(library.plant.workspace, run!.id)).toContain(
    'reads the history of the target alone: shift changes nothing',
  );
  install(chronos2Files(), 'second');
  await expect(train('chronos_bolt', { 'model.params.checkpoint': 'second' })).rejects.toMatchObject({
    code: 'model-unsupported',
  });
  const [auto] = await train('chronos_bolt', { 'model.params.checkpoint': 'auto' });
  expect(auto!.metrics!.mae).toBe(own!.metrics!.mae);
});

test('a run of Chronos-T5 draws futures, the same ones from the same seed', async () => {
  const folder = install(t5Files());
  const [run] = await train('chronos_t5', { 'model.params.num_samples': 4 });
  expect(run).toMatchObject({ status: 'succeeded', modelType: 'chronos_t5' });
  expect(run!.metrics!.wql).toBeGreaterThan(0);
  const { batch, plan, context } = firstForecast(library.plant, run!, 48);
  const model = await openT5(folder, { intraOpNumThreads: 1 });
  const draw = { ...model.config.draw, samples: 4 };
  const levels = [0.1, 0.5, 0.9];
  const [own] = (await predictT5(model, [context], levels, { horizon: plan.horizon, seed: 42, draw })) as [
    Float32Array,
  ];
  await model.close();
  const steps = Array.from({ length: plan.horizon }, (_, step) =>
    levels.map((_, q) => Math.max(0, own[q * plan.horizon + step]!)),
  );
  steps.flat().forEach((value, i) => expect(Math.abs(batch.quantiles![i]! - value)).toBeLessThan(1e-3));
  const create = () =>
    createForecastService({ workspace: library.plant.workspace }).create({
      dataset: 'plant',
      runId: run!.id,
      horizon: 30,
    });
  const [first, second] = [await create(), await create()];
  expect(first.rows).toHaveLength(30);
  expect(second.rows).toEqual(first.rows);

  const [zeroShot] = await train('chronos2_zeroshot');
  expect(zeroShot).toMatchObject({ status: 'succeeded' });
  const [more] = await train('chronos_t5', { 'model.params.num_samples': 9 });
  expect(more!.metrics!.wql).not.toBe(run!.metrics!.wql);
});

/** As other exports have it: the encoder's outputs are wanted once for each path, and what is kept of them has as many rows. */
function repeating(graph: Graph): OnnxModel {
  const model = graph.toOnnx();
  const inputs = model.graph.inputs.map((input) => ({
    ...input,
    dims: input.dims.map((dim) => (dim === sharedRows ? 'batch_size' : dim)),
  }));
  return { ...model, graph: { ...model.graph, inputs } };
}

test('an export for ONNX Runtime opens as it is', async () => {
  const folder = install(t5Files());
  const checkpoint = readT5Checkpoint(folder);
  // an export holds its weights
  const held = new Map(
    [...checkpoint.tensors].map(([name, { type, dims, data }]) => {
      const place = data as { offset: number; length: number };
      const bytes = t5Files()['model.safetensors']!.subarray(place.offset, place.offset + place.length);
      return [name, { type, dims, data: bytes }] as const;
    }),
  );
  const weights = weightsOf({ tensors: held, folder: null });
  const read = async (from: string): Promise<Float32Array[]> => {
    const model = await openT5(from, { intraOpNumThreads: 1 });
    const series = Float32Array.from({ length: 60 }, (_, i) => 20 + 5 * Math.sin(i / 4));
    const made = await predictPaths(model, [series], { horizon: 20, seed: 1, draw: model.config.draw });
    await model.close();
    return made;
  };
  const wanted = await read(folder);
  const config = {
    ...(JSON.parse(new TextDecoder().decode(t5Files()['config.json'])) as object),
    is_encoder_decoder: true,
    eos_token_id: 1,
    pad_token_id: 0,
    decoder_start_token_id: 0,
  };
  const files = {
    'config.json': new TextEncoder().encode(JSON.stringify(config)),
    'onnx/encoder_model.onnx': encodeOnnx(encoderGraph(checkpoint.config, weights).toOnnx()),
    'onnx/decoder_model_merged.onnx': encodeOnnx(
      repeating(decoderGraph(checkpoint.config, checkpoint.head, weights)),
    ),
  };
  const exported = install(files, 'exported');
  expect(await read(exported)).toEqual(wanted);
  const [run] = await train('chronos_t5', { 'model.params.checkpoint': 'exported' });
  expect(run).toMatchObject({ status: 'succeeded' });
  truncateSync(`${exported}/onnx/decoder_model_merged.onnx`, 500);
  const [broken] = await train('chronos_t5', { 'model.params.checkpoint': 'exported' });
  expect(broken).toMatchObject({ status: 'failed', error: { code: 'model-damaged' } });
});

test('weights that are not whole end a run with their name', async () => {
  const folder = install(boltFiles());
  truncateSync(`${folder}/model.safetensors`, 3000);
  const [run] = await train('chronos_bolt');
  expect(run).toMatchObject({ status: 'failed', error: { code: 'tensor-file' } });
  expect(run!.error!.message).toContain('model.safetensors');
});
