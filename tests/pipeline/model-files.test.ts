/** Models leave and come in through the services: what a run exports predicts what the run does, and comes back. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppError, RunDetail } from '../../src-preload/contract/index.ts';
import type { TreeEnsemble } from '../../src-main/models/boosting/ensemble.ts';
import { readModelFile, writeModelFile } from '../../src-main/models/boosting/interchange/formats.ts';
import { createPredictor } from '../../src-main/models/boosting/predict/predictor.ts';
import { createImportedModels } from '../../src-main/services/imported-models.ts';
import type { ImportedModels } from '../../src-main/services/imported-models.ts';
import { evaluateModel } from '../../src-main/services/model-evaluation.ts';
import { createModelExportService } from '../../src-main/services/model-export.ts';
import { readRunJson, singlePart, treesOfPart } from '../../src-main/services/run-model.ts';
import { openPlant, plantFrame } from './plant.ts';
import type { Plant } from './plant.ts';

let plant: Plant;
let imported: ImportedModels;
let boosted: RunDetail;
let linear: RunDetail;
const at = (name: string): string => path.join(plant.workspace.path, name);
const golden = (name: string): string => path.join(import.meta.dirname, '..', 'golden', 'interchange', name);

beforeAll(async () => {
  plant = openPlant({ days: 35 });
  imported = createImportedModels(at('models'));
  const set = { 'model.params.n_estimators': '30' };
  [boosted] = await plant.train(['xgboost'], { set, horizon: 12 });
  [linear] = await plant.train(['linear'], { horizon: 12 });
});
afterAll(() => plant.close());

const exporting = () => createModelExportService({ workspace: plant.workspace, imported });
const evaluate = (request: Parameters<typeof evaluateModel>[1]) =>
  evaluateModel({ workspace: plant.workspace, imported }, request);
async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (thrown) {
    return (thrown as AppError).code;
  }
  return 'nothing was thrown';
}

/** A table of numbers by column name; empty cells are NaN. */
function readCsv(file: string): Map<string, Float64Array> {
  const [header, ...lines] = fs.readFileSync(file, 'utf8').trimEnd().split('\r\n');
  const cells = lines.map((line) => line.split(','));
  return new Map(
    header
      .split(',')
      .map((name, i) => [
        name,
        Float64Array.from(cells, (row) => (row[i] === '' ? Number.NaN : Number(row[i]))),
      ]),
  );
}

describe('export', () => {
  test.each(['xgboost-json', 'xgboost-ubjson', 'lightgbm-text'] as const)(
    '%s predicts on the rows that are written beside it',
    (format) => {
      const made = exporting().export({
        id: boosted.id,
        format,
        out: at(`m.${format}`),
        features: at('rows.csv'),
      });
      expect(made.bytes).toBe(fs.statSync(made.file).size);
      expect(made.notes.join(' ')).toContain('features that Voltcast makes');
      const { ensemble } = readModelFile({ bytes: fs.readFileSync(made.file), file: 'm' });
      const table = readCsv(made.features!);
      // LightGBM has no blanks and brackets in names
      const plain = new Map(
        [...table].map(([name, values]) => [name.replace(/[\s",:[\]{}=]/g, '_'), values]),
      );
      const columns = ensemble.features.map(({ name }) => (table.get(name) ?? plain.get(name))!);
      expect(columns.every((column) => column !== undefined)).toBe(true);
      const wanted = table.get('prediction') ?? table.get('p50')!;
      const found = createPredictor(ensemble).predict(columns, wanted.length);
      const middle = found[(found.length - 1) / 2];
      expect(wanted.length).toBeGreaterThan(50);
      wanted.forEach((value, i) =>
        expect(Math.abs(middle[i] - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value))),
      );
    },
  );

  test('ONNX is written; what is not made of trees says so', async () => {
    expect(exporting().export({ id: boosted.id, format: 'onnx', out: at('m.onnx') }).bytes).toBeGreaterThan(
      1000,
    );
    expect(await codeOf(() => exporting().export({ id: linear.id, format: 'onnx', out: at('n.onnx') }))).toBe(
      'model-not-exportable',
    );
    expect(fs.existsSync(at('n.onnx'))).toBe(false);
  });
});

describe('import', () => {
  test('the trees of a run, imported, are judged exactly as the run', async () => {
    const part = singlePart(boosted, readRunJson(plant.workspace, boosted, 'model.json'));
    fs.writeFileSync(at('again.txt'), writeModelFile(treesOfPart(boosted, part), 'lightgbm-text'));
    imported.import(at('again.txt'), { name: 'again' });
    const judged = await evaluate({ name: 'again', runId: boosted.id });
    expect(judged.runMetrics).toEqual(boosted.metrics);
    expect(judged.metrics.mae).toBeCloseTo(boosted.metrics!.mae!, 9);
    expect(judged.rows).toBeGreaterThan(50);
  });

  test('rows of a dataset by column name, texts as categories', async () => {
    const frame = plantFrame({ days: 35 });
    const load = frame.columns.find(({ name }) => name === 'load_kWh')!;
    const shift = frame.columns.find(({ name }) => name === 'shift')!;
    if (load.type !== 'number' || shift.type !== 'category') throw new Error('another plant');
    // one split: the first level of shift on the left, given in another order than the dataset's
    const categories = [...shift.levels].reverse();
    const tree: TreeEnsemble = {
      dialect: 'xgboost',
      features: [{ name: 'shift', kind: 'category', categories }],
      derived: [],
      tables: [],
      outputs: 1,
      leafWidth: 1,
      treeOutput: Int32Array.of(0),
      base: Float64Array.of(0),
      scale: 1,
      treesPerRound: 1,
      trees: {
        shape: 'nodes',
        start: Int32Array.of(0, 3),
        feature: Int32Array.of(0, -1, -1),
        threshold: new Float64Array(3),
        left: Int32Array.of(1, 0, 0),
        right: Int32Array.of(2, 0, 0),
        flags: Uint8Array.of(2, 0, 0),
        value: Float64Array.of(0, 20, 70),
        gain: new Float64Array(3),
        cover: new Float64Array(3),
        count: new Float64Array(3),
        setStart: Int32Array.of(0, 1),
        setBits: Uint32Array.of(1 << categories.indexOf(shift.levels[0])),
      },
      compare: 'lt',
      single: true,
      missingAs: null,
      link: 'identity',
      objective: 'reg:squarederror',
      levels: null,
    };
    fs.writeFileSync(at('shift.json'), writeModelFile(tree, 'xgboost-json'));
    imported.import(at('shift.json'), {});
    const judged = await evaluate({ name: 'shift', dataset: 'plant', out: at('predicted.csv') });
    const first = (i: number): boolean => shift.codes[i] === 0;
    const mean =
      load.values.reduce((sum, value, i) => sum + Math.abs(value - (first(i) ? 20 : 70)), 0) /
      load.values.length;
    expect(judged.metrics.mae).toBeCloseTo(mean, 9);
    expect(judged).toMatchObject({
      rows: 35 * 24,
      on: { dataset: 'plant', target: 'load_kWh' },
      runMetrics: null,
    });
    expect(readCsv(at('predicted.csv')).get('prediction')![0]).toBe(first(0) ? 20 : 70);
  });

  test('lists, exports again, removes', async () => {
    const model = imported.import(golden('catboost-quantiles.json'), {});
    expect(model).toMatchObject({
      name: 'catboost-quantiles',
      library: 'catboost',
      levels: [0.1, 0.5, 0.9],
      outputs: 3,
      source: { format: 'catboost-json' },
    });
    expect(imported.list().map(({ name }) => name)).toContain('catboost-quantiles');
    const made = exporting().export({ id: 'catboost-quantiles', format: 'xgboost-json', out: at('c.json') });
    expect(readModelFile({ bytes: fs.readFileSync(made.file), file: 'c' }).format).toBe('xgboost-json');
    expect(await codeOf(() => imported.import(golden('catboost-quantiles.json'), {}))).toBe('model-exists');
    imported.remove('catboost-quantiles');
    expect(await codeOf(() => imported.remove('catboost-quantiles'))).toBe('model-not-found');
  });

  test('what does not fit says what is missing', async () => {
    imported.import(golden('lightgbm-categories.txt'), { name: 'other' });
    expect(await codeOf(() => evaluate({ name: 'other', dataset: 'plant' }))).toBe('columns-mismatch');
    expect(await codeOf(() => evaluate({ name: 'other', runId: boosted.id }))).toBe('columns-mismatch');
    expect(await codeOf(() => evaluate({ name: 'other' }))).toBe('invalid-option');
    expect(await codeOf(() => evaluate({ name: '../other', dataset: 'plant' }))).toBe('model-not-found');
    expect(await codeOf(() => imported.import(golden('make_models.py'), {}))).toBe('model-file');
    expect(await codeOf(() => imported.import(golden('lightgbm-stump.txt'), { name: '../x' }))).toBe(
      'invalid-option',
    );
    fs.writeFileSync(path.join(at('models'), 'broken.json'), '{');
    expect(await codeOf(() => imported.get('broken'))).toBe('model-invalid');
    expect(imported.list().map(({ name }) => name)).not.toContain('broken');
  });

  test('files are converted by their endings', async () => {
    expect(imported.convert(golden('lightgbm-complete.txt'), at('x.ubj'), {})).toMatchObject({
      from: 'lightgbm-text',
      to: 'xgboost-ubjson',
    });
    expect(await codeOf(() => imported.convert(golden('lightgbm-complete.txt'), at('x.json'), {}))).toBe(
      'invalid-option',
    );
    expect(imported.convert(golden('lightgbm-complete.txt'), at('x.json'), { to: 'catboost-json' }).to).toBe(
      'catboost-json',
    );
    expect(await codeOf(() => imported.convert(golden('catboost-statistics.json'), at('x.onnx'), {}))).toBe(
      'model-not-exportable',
    );
  });
});
