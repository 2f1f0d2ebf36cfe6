/**
 * @file Trains a small Chronos-2 further, in full and by adapters, and leaves what Voltcast saves in tests/golden/chronos-2-tuned/ours.
 *
 *   node tests/golden/make_chronos2_tuned.ts, then make_chronos2_tuned.py, which has the original forecast from it
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultLora, initialAdapters } from '../../src-main/models/chronos/adapters.ts';
import { parseChronos2Config } from '../../src-main/models/chronos/config.ts';
import { fineTune } from '../../src-main/models/chronos/fine-tune.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { tunedConfig, tunedFiles } from '../../src-main/models/chronos/tuned-files.ts';
import { weightByFormula } from './support/formula.ts';

const folder = path.join(import.meta.dirname, 'chronos-2-tuned');
const json = JSON.parse(readFileSync(path.join(folder, 'base.json'), 'utf8')) as Record<string, unknown>;
const config = parseChronos2Config(json);
const base = new Map(parametersOf(config).map(({ name, shape }) => [name, weightByFormula(name, shape, config.headSize)]));
const wave = (period: number): Float32Array =>
  Float32Array.from({ length: 300 }, (_, i) => 30 + 10 * Math.sin((2 * Math.PI * i) / period) + (i % 5));
const train = { target: wave(24), past: [wave(12)], known: [wave(7)] };

for (const lora of [null, { ...defaultLora, rank: 4, alpha: 6 }]) {
  // more than the base reads and forecasts at once
  const plan = { context: 44, horizon: 12, rows: 12, leastPast: 12 };
  const { weights } = await fineTune(
    config,
    new Map([...base, ...(lora === null ? [] : initialAdapters(config, lora, 1))]),
    { train, validation: train },
    { ...plan, steps: 30, rate: 0.01, lora, accumulate: 1, validation: [], evaluateEvery: 30, patience: null, seed: 1 },
    { progress: () => undefined, curve: () => undefined, log: () => undefined },
  );
  const { files } = tunedFiles(tunedConfig(json, plan), base, weights, lora, 'base');
  for (const [name, bytes] of files()) {
    const place = path.join(folder, 'ours', lora === null ? 'full' : name.startsWith('adapter') ? 'lora/adapter' : 'lora', name);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, bytes);
  }
}
