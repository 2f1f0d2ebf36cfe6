/** Models leave and come in by the command line: every format there and back, and files that are damaged or hostile. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCli } from '../support/cli.ts';
import type { CliResult } from '../support/cli.ts';
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders.ts';
import { writeOfficeCsv } from '../support/series.ts';

let folder: string;
let run: string;
const at = (name: string): string => path.join(folder, name);
const golden = (name: string): string => path.join(projectRoot, 'tests', 'golden', 'interchange', name);

/** A command that takes a minute hangs. */
const voltcast = (...args: string[]): Promise<CliResult> => openCli(folder, 60_000).run(...args);
const json = (...args: string[]): Promise<Record<string, unknown>> => openCli(folder, 60_000).json(...args);

beforeAll(async () => {
  folder = temporaryFolder('cli-models');
  await json('import', writeOfficeCsv(folder, 35), '--name', 'office');
  const few = ['--set', 'model.params.n_estimators=20', '--horizon', '12', '--test', '0.2'];
  const trained = await json('train', 'office', '--recipe', 'random_forest', ...few);
  run = (trained['runs'] as { id: string }[])[0]!.id;
}, 120_000);
afterAll(() => removeFolder(folder));

test('a forest leaves as XGBoost, LightGBM and ONNX, and comes back predicting the same', async () => {
  const formats = { 'xgboost-ubjson': 'm.ubj', 'lightgbm-text': 'm.txt', onnx: 'm.onnx' };
  for (const [format, file] of Object.entries(formats)) {
    const made = await json('models', 'export', run, '--format', format, '--out', at(file));
    expect(made['bytes']).toBe(fs.statSync(at(file)).size);
  }
  for (const [file, name] of [
    ['m.ubj', 'binary'],
    ['m.txt', 'text'],
  ] as const) {
    const model = await json('models', 'import', at(file), '--name', name);
    expect(model).toMatchObject({ name, trees: 20 });
  }
  // what leaves is the model of production, which has seen the rows of the backtest
  const [binary, text] = [
    await json('models', 'evaluate', 'binary', '--run', run),
    await json('models', 'evaluate', 'text', '--run', run),
  ] as { rows: number; metrics: Record<string, number> }[];
  expect(binary!.rows).toBeGreaterThan(100);
  expect(binary!.metrics['mae']).toBeGreaterThan(0);
  expect(text!.metrics['mae']).toBeCloseTo(binary!.metrics['mae']!, 5);
}, 120_000);

test('models of the originals: the format is found out, or it is what --format says it is', async () => {
  const found = await json('models', 'import', golden('catboost-statistics.json'), '--name', 'cat');
  expect(found).toMatchObject({ source: { format: 'catboost-json' } });
  const told = await json('models', 'import', golden('lightgbm-tweedie.txt'), '--format', 'lightgbm-text');
  expect(told).toMatchObject({ name: 'lightgbm-tweedie' });
  const { code, err } = await voltcast(
    'models',
    'import',
    golden('xgboost-complete.json'),
    '--format',
    'catboost-json',
  );
  expect(code).not.toBe(0);
  expect(err).toMatch(/xgboost-complete\.json.*expected catboost-json, found xgboost-json/s);
}, 120_000);

test('damaged and hostile files end with one clear line, and leave nothing behind', async () => {
  const whole = fs.readFileSync(golden('xgboost-categories.json'));
  const files: Record<string, Uint8Array | string> = {
    'cut.json': whole.subarray(0, whole.length / 2),
    'cut.ubj': fs.readFileSync(golden('xgboost-categories-binary.ubj')).subarray(0, 4000),
    'deep.json': '['.repeat(300_000),
    'pickle.pkl': '\x80\x04cos\nsystem\n',
    'cycle.json': whole.toString().replace(/"left_children":\[\d+/g, '"left_children":[0'),
  };
  const before = await json('models', 'imported');
  const ends = await Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      fs.writeFileSync(at(name), content);
      return [name, await voltcast('models', 'import', at(name))] as const;
    }),
  );
  for (const [name, { code, out, err }] of ends) {
    expect([name, code !== null && code !== 0]).toEqual([name, true]);
    expect(out).toBe('');
    expect(err).toContain(name);
    expect(err).not.toMatch(/\n\s+at .*\.ts:\d+/);
  }
  expect(await json('models', 'imported')).toEqual(before);
}, 120_000);
