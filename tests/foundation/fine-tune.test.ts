/** @file Recipes of Chronos-2 trained further, from the checkpoint in the library to a stored forecast, by the real pipeline and ONNX Runtime. */
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { modelsVariable } from '../../src-main/services/foundation/folders.ts';
import { readBacktest } from '../../src-main/services/run-artifacts.ts';
import { readSafetensors } from '../../src-main/tensor/safetensors.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { chronos2Files, writeFiles } from '../support/foundation-model.ts';
import { artifactJson, logOf, openPlant } from '../pipeline/plant.ts';
import type { Plant } from '../pipeline/plant.ts';

let models: string;
let plant: Plant;
beforeEach(() => {
  models = temporaryFolder('fine-tune');
  vi.stubEnv(modelsVariable, models);
  plant = openPlant();
  writeFiles(path.join(models, 'tiny'), chronos2Files({ seed: 1 }));
});
afterEach(() => {
  plant.close();
  removeFolder(models);
  vi.unstubAllEnvs();
});

const quick = {
  'model.params.checkpoint': 'tiny',
  'forecast.quantiles': '[0.1, 0.5, 0.9]',
  'model.params.num_steps': 40,
  'model.params.eval_steps': 10,
  'model.params.learning_rate': 0.01,
  'model.params.batch_size': 16,
  'model.params.context_length': 64,
};
const train = async (recipe: string, set: Record<string, unknown> = {}): Promise<RunDetail> => {
  const [run] = await plant.train([recipe], { set: { ...quick, ...set } });
  return run!;
};

test('a run trains the checkpoint further, keeps its weights and forecasts with them', async () => {
  const [before] = await plant.train(['chronos2_zeroshot'], {
    set: {
      'model.params.checkpoint': 'tiny',
      'forecast.quantiles': '[0.1, 0.5, 0.9]',
      'model.params.context_length': 64,
    },
  });
  const run = await train('chronos2_finetuned');
  expect(run, JSON.stringify(run.error)).toMatchObject({
    status: 'succeeded',
    modelType: 'chronos2_finetuned',
  });
  expect(run.metrics!.mae).toBeLessThan(0.7 * before!.metrics!.mae!);
  expect(run.artifacts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['config.json', 'model.safetensors', 'final-model.json']),
  );
  const curves = artifactJson(plant.workspace, run.id, 'curves.json') as { name: string; x: number[] }[];
  expect(curves.map(({ name }) => name).sort()).toEqual(['train loss', 'validation loss']);
  expect(curves.find(({ name }) => name === 'train loss')!.x).toHaveLength(40);
  expect(logOf(plant.workspace, run.id)).toContain('tiny is trained further: all');
  expect(readBacktest(plant.workspace, run).batch.levels).toEqual([0.1, 0.5, 0.9]);

  // the checkpoint it came from is not needed any more
  removeFolder(path.join(models, 'tiny'));
  const service = createForecastService({ workspace: plant.workspace });
  const forecast = await service.create({ dataset: 'plant', runId: run.id, quantiles: [0.1, 0.9] });
  expect(forecast.rows).toHaveLength(24);
  expect(forecast.rows.every(({ quantiles }) => quantiles['0.1']! <= quantiles['0.9']!)).toBe(true);
}, 60_000);

test('the template with covariates takes the columns of the dataset where it has none of those named', async () => {
  const columns = { 'data.knownCovariates': '[shift]', 'data.pastCovariates': '[temperature_C]' };
  const named = await train('chronos2_covariates', columns);
  expect(named, JSON.stringify(named.error)).toMatchObject({
    status: 'succeeded',
    modelType: 'chronos2_covariates',
  });
  const own = await train('chronos2_covariates', { 'model.params.num_steps': 1 });
  expect(own.status).toBe('succeeded');
  const { recipe } = plant.workspace.getRunRequest(own.id);
  expect(recipe.data).toMatchObject({
    pastCovariates: ['temperature_C', 'co2_t', 'shift'],
    knownCovariates: [],
  });
  // a recipe that was edited says what it means
  await expect(
    train('chronos2_covariates', { 'data.knownCovariates': [], 'data.pastCovariates': [] }),
  ).rejects.toMatchObject({ code: 'recipe-invalid', place: { key: 'data.knownCovariates' } });
}, 60_000);

test('adapters are stored as peft names them, merged into a checkpoint that stands alone', async () => {
  const run = await train('chronos2_finetuned', {
    'model.params.finetune_mode': 'lora',
    'model.params.lora_r': 4,
  });
  expect(run.status, JSON.stringify(run.error)).toBe('succeeded');
  const json = artifactJson(plant.workspace, run.id, 'adapter_config.json');
  expect(json).toMatchObject({ peft_type: 'LORA', r: 4, lora_alpha: 16, base_model_name_or_path: 'tiny' });
  const { hash } = plant.workspace.findArtifact(run.id, 'adapter_model.safetensors')!;
  const { tensors } = readSafetensors(plant.workspace.objects.get(hash), 'adapter');
  expect(
    tensors.get('base_model.model.encoder.block.0.layer.1.self_attention.o.lora_A.weight')!.dims,
  ).toEqual([4, 8]);
  expect(tensors.size).toBe(18);
  removeFolder(path.join(models, 'tiny'));
  const service = createForecastService({ workspace: plant.workspace });
  expect((await service.create({ dataset: 'plant', runId: run.id })).rows).toHaveLength(24);
}, 60_000);

test('config.json grows with the context and the horizon that were trained', async () => {
  const run = await train('chronos2_finetuned', {
    'model.params.num_steps': 2,
    'model.params.context_length': 96,
    'model.params.refit': false,
  });
  expect(run.status, JSON.stringify(run.error)).toBe('succeeded');
  expect(artifactJson(plant.workspace, run.id, 'config.json')).toMatchObject({
    chronos_pipeline_class: 'Chronos2Pipeline',
    chronos_config: { context_length: 96, max_output_patches: 3, time_encoding_scale: 64 },
  });
  expect(logOf(plant.workspace, run.id)).toContain('the weights that were tested are used');
}, 60_000);

test('the rows of the test are never learnt from', async () => {
  const clean = await train('chronos2_finetuned', { 'model.params.refit': false });
  const before = artifactJson(plant.workspace, clean.id, 'model.json') as { files: unknown };
  // the same plant, but for its test rows
  plant.addVersion({
    change: (frame) => {
      const { plan } = artifactJson(plant.workspace, clean.id, 'split.json') as {
        plan: { testStart: number };
      };
      const columns = frame.columns.map((column) =>
        column.type === 'number'
          ? {
              ...column,
              values: column.values.map((value, i) => (i < plan.testStart ? value : 1 + (i % 7))),
            }
          : column,
      );
      return { ...frame, columns };
    },
  });
  const other = await train('chronos2_finetuned', { 'model.params.refit': false });
  const after = artifactJson(plant.workspace, other.id, 'model.json') as { files: unknown };
  expect(other.metrics!.mae).not.toBe(clean.metrics!.mae);
  expect(after.files).toEqual(before.files);
}, 60_000);
