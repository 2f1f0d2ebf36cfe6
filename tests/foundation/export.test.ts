/**
 * @file What a run trained leaves as a checkpoint: Voltcast opens it again as any other, and so does chronos-forecasting where
 * VOLTCAST_CHRONOS_PYTHON names a Python that has it (pip install chronos-forecasting peft); else that part is skipped, and what the
 * original made of files saved before is compared instead (tests/golden/chronos-2-tuned.test.ts).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { extract } from 'tar';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import { predictItems } from '../../src-main/models/chronos/predict.ts';
import type { ChronosItem } from '../../src-main/models/chronos/predict.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';
import { modelsVariable } from '../../src-main/services/foundation/folders.ts';
import { createImportedModels } from '../../src-main/services/imported-models.ts';
import { createModelExportService } from '../../src-main/services/model-export.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { chronos2Files, writeFiles } from '../support/foundation-model.ts';
import { openPlant } from '../pipeline/plant.ts';
import type { Plant } from '../pipeline/plant.ts';

const python = process.env['VOLTCAST_CHRONOS_PYTHON'];
const context = 96;
let models: string;
let plant: Plant;
let out: string;
const runs = new Map<string, RunDetail>();
const folders = new Map<string, string>();

beforeAll(async () => {
  models = temporaryFolder('export');
  out = temporaryFolder('exported');
  vi.stubEnv(modelsVariable, models);
  plant = openPlant();
  // the original forecasts with no others
  const quantiles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const made = chronos2Files({ seed: 1, quantiles });
  // 1.0 and 10000.0 of Python are 1 and 10000 here, and must be fractions again when they leave
  const numbers = '"dropout_rate": 0.0, "initializer_factor": 1.0, "rope_theta": 10000.0,';
  const config = Buffer.from(made['config.json']!).toString().replace('{', `{ ${numbers}`);
  const checkpoint = writeFiles(path.join(models, 'tiny'), { ...made, 'config.json': Buffer.from(config) });
  for (const mode of ['full', 'lora']) {
    const [run] = await plant.train(['chronos2_covariates'], {
      set: {
        'model.params.checkpoint': checkpoint,
        'model.params.finetune_mode': mode,
        'model.params.num_steps': 20,
        'model.params.learning_rate': 0.01,
        'model.params.context_length': context,
        'model.params.validation_share': 0,
        'model.params.refit': false,
        'forecast.quantiles': '[0.1, 0.5, 0.9]',
        'data.pastCovariates': '[temperature_C]',
        'data.knownCovariates': '[co2_t]',
        'data.allowLeakage': true,
      },
    });
    expect(run!.status, JSON.stringify(run!.error)).toBe('succeeded');
    runs.set(mode, run!);
    folders.set(mode, path.join(out, mode));
    exporting().export({ id: run!.id, format: 'chronos', out: path.join(out, mode) });
  }
}, 120_000);
afterAll(() => {
  plant.close();
  removeFolder(models);
  removeFolder(out);
  vi.unstubAllEnvs();
});
const exporting = () =>
  createModelExportService({
    workspace: plant.workspace,
    imported: createImportedModels(path.join(out, 'none')),
  });

const wave = (steps: number, phase: number): Float32Array =>
  Float32Array.from(
    { length: steps },
    (_, i) => 40 + 20 * Math.sin((2 * Math.PI * (i + phase)) / 24) + (i % 5),
  );
const horizon = 30;
const items: ChronosItem[] = [0, 7].map((phase) => ({
  targets: [wave(200, phase)],
  past: [wave(200, phase + 2)],
  known: [{ past: wave(200, phase + 5), future: wave(horizon, 205 + phase) }],
}));

describe.each(['full', 'lora'])('%s', (mode) => {
  test('the exported folder is a checkpoint like any other', async () => {
    const folder = folders.get(mode)!;
    const config = readFileSync(path.join(folder, 'config.json'), 'utf8');
    for (const number of ['"dropout_rate": 0.0', '"initializer_factor": 1.0', '"rope_theta": 10000.0'])
      expect(config).toContain(number);
    expect(readdirSync(folder).sort()).toEqual(
      ['README.md', ...(mode === 'lora' ? ['adapter'] : []), 'config.json', 'model.safetensors'].sort(),
    );
    const [again] = await plant.train(['chronos2_zeroshot'], {
      set: {
        'model.params.checkpoint': folder,
        'model.params.context_length': context,
        'forecast.quantiles': '[0.1, 0.5, 0.9]',
        'data.pastCovariates': '[temperature_C]',
        'data.knownCovariates': '[co2_t]',
        'data.allowLeakage': true,
      },
    });
    expect(again!.metrics).toEqual(runs.get(mode)!.metrics);
  }, 60_000);

  test.skipIf(python === undefined)(
    'chronos-forecasting forecasts the same from it',
    async () => {
      const folder = folders.get(mode)!;
      const runner = new Chronos2Runner(readCheckpoint(folder));
      const list = (row: ArrayLike<number>): number[] => Array.from(row);
      // adapters alone stand on the checkpoint that they were made for, which reads and forecasts less at once
      const places = [
        { place: folder, context, horizon, patches: 3 },
        ...(mode === 'lora'
          ? [{ place: path.join(folder, 'adapter'), context: 64, horizon: 16, patches: 2 }]
          : []),
      ];
      for (const { place, patches, ...job } of places) {
        const own = await predictItems(runner, items, job);
        const input = JSON.stringify({
          ...job,
          items: items.map(({ targets, past, known }) => ({
            target: list(targets[0]!),
            past: { known: list(known[0]!.past), past: list(past[0]!) },
            known: { known: list(known[0]!.future.subarray(0, job.horizon)) },
          })),
        });
        const script = path.join(import.meta.dirname, 'predict_exported.py');
        const said = execFileSync(python!, [script, place], {
          input,
          encoding: 'utf8',
          stdio: ['pipe', 'pipe', 'ignore'],
        });
        const theirs = JSON.parse(said.trim().split('\n').at(-1)!) as {
          context_length: number;
          max_output_patches: number;
          quantiles: number[][][];
        };
        expect(theirs).toMatchObject({ context_length: job.context, max_output_patches: patches });
        theirs.quantiles.forEach((rows, i) => {
          const flat = rows.flat();
          const [forecast] = own[i]!;
          expect(forecast).toHaveLength(flat.length);
          flat.forEach((value, k) =>
            expect(Math.abs(forecast![k]! - value) / Math.max(1, Math.abs(value)), place).toBeLessThan(1e-4),
          );
        });
      }
      await runner.close();
    },
    600_000,
  );
});

test('as an archive, and not of a model of another kind', async () => {
  const file = path.join(out, 'tuned.tar.gz');
  const made = exporting().export({ id: runs.get('lora')!.id, format: 'chronos', out: file });
  expect(made.bytes).toBeGreaterThan(1000);
  expect(made.notes.join(' ')).toContain('Chronos2Pipeline.from_pretrained');
  const folder = temporaryFolder('unpacked');
  await extract({ file, cwd: folder });
  for (const name of ['config.json', 'model.safetensors', 'adapter/adapter_model.safetensors'])
    expect(readFileSync(path.join(folder, name))).toEqual(readFileSync(path.join(out, 'lora', name)));
  removeFolder(folder);
  const [naive] = await plant.train(['seasonal_naive']);
  expect(() =>
    exporting().export({ id: naive!.id, format: 'chronos', out: path.join(out, 'naive') }),
  ).toThrow(/no checkpoint of Chronos-2/);
  expect(existsSync(path.join(out, 'naive'))).toBe(false);
}, 60_000);
