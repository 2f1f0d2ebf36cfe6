/** @file Recipes of Chronos-2 trained further, from the checkpoint in the library to a stored forecast, by the real pipeline and ONNX Runtime. */
import { beforeEach, expect, test } from 'vitest';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { readBacktest } from '../../src-main/services/run-artifacts.ts';
import { readSafetensors } from '../../src-main/tensor/safetensors.ts';
import { removeFolder } from '../support/folders.ts';
import { chronos2Files } from '../support/foundation-model.ts';
import { eachWithFoundationPlant } from '../support/foundation-plant.ts';
import { artifactJson, logOf } from '../pipeline/plant.ts';

const library = eachWithFoundationPlant('fine-tune');
let tiny: string;
beforeEach(() => {
  tiny = library.install(chronos2Files({ seed: 1 }));
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
  const [run] = await library.plant.train([recipe], { set: { ...quick, ...set } });
  return run!;
};

test('a run trains the checkpoint further, keeps its weights and forecasts with them', async () => {
  const [before] = await library.plant.train(['chronos2_zeroshot'], {
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
  const curves = artifactJson(library.plant.workspace, run.id, 'curves.json') as {
    name: string;
    x: number[];
  }[];
  expect(curves.map(({ name }) => name).sort()).toEqual(['train loss', 'validation loss']);
  expect(curves.find(({ name }) => name === 'train loss')!.x).toHaveLength(40);
  expect(logOf(library.plant.workspace, run.id)).toContain('tiny is trained further: all');
  expect(readBacktest(library.plant.workspace, run).batch.levels).toEqual([0.1, 0.5, 0.9]);

  // the checkpoint it came from is not needed any more
  removeFolder(tiny);
  const service = createForecastService({ workspace: library.plant.workspace });
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
  const { recipe } = library.plant.workspace.getRunRequest(own.id);
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
  const json = artifactJson(library.plant.workspace, run.id, 'adapter_config.json');
  expect(json).toMatchObject({ peft_type: 'LORA', r: 4, lora_alpha: 16, base_model_name_or_path: 'tiny' });
  const { hash } = library.plant.workspace.findArtifact(run.id, 'adapter_model.safetensors')!;
  const { tensors } = readSafetensors(library.plant.workspace.objects.get(hash), 'adapter');
  expect(
    tensors.get('base_model.model.encoder.block.0.layer.1.self_attention.o.lora_A.weight')!.dims,
  ).toEqual([4, 8]);
  expect(tensors.size).toBe(18);
  removeFolder(tiny);
  const service = createForecastService({ workspace: library.plant.workspace });
  expect((await service.create({ dataset: 'plant', runId: run.id })).rows).toHaveLength(24);
}, 60_000);

test('config.json grows with the context and the horizon that were trained', async () => {
  const run = await train('chronos2_finetuned', {
    'model.params.num_steps': 2,
    'model.params.context_length': 96,
    'model.params.refit': false,
  });
  expect(run.status, JSON.stringify(run.error)).toBe('succeeded');
  expect(artifactJson(library.plant.workspace, run.id, 'config.json')).toMatchObject({
    chronos_pipeline_class: 'Chronos2Pipeline',
    chronos_config: { context_length: 96, max_output_patches: 3, time_encoding_scale: 64 },
  });
  expect(logOf(library.plant.workspace, run.id)).toContain('the weights that were tested are used');
}, 60_000);

test('the rows of the test are never learnt from', async () => {
  const clean = await train('chronos2_finetuned', { 'model.params.refit': false });
  const before = artifactJson(library.plant.workspace, clean.id, 'model.json') as { files: unknown };
  // the same plant, but for its test rows
  library.plant.addVersion({
    change: (frame) => {
      const { plan } = artifactJson(library.plant.workspace, clean.id, 'split.json') as {
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
  const after = artifactJson(library.plant.workspace, other.id, 'model.json') as { files: unknown };
  expect(other.metrics!.mae).not.toBe(clean.metrics!.mae);
  expect(after.files).toEqual(before.files);
}, 60_000);
