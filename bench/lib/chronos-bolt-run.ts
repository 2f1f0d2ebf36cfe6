/** @file One job of bench/chronos-bolt.ts in a process of its own: opens a checkpoint, forecasts, prints one line of JSON. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { predictBolt } from '../../src-main/models/chronos-bolt/predict.ts';
import { BoltRunner } from '../../src-main/models/chronos-bolt/runner.ts';
import { predictPaths } from '../../src-main/models/chronos-t5/predict.ts';
import { readBoltCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';
import { openT5 } from '../../src-main/services/foundation/t5-model.ts';

const [folder, ...numbers] = process.argv.slice(2);
const [rows, context, horizon, runs, threads] = numbers.map(Number);
const bytes = readFileSync(path.join(folder, 'series.f32'));
const all = new Float32Array(bytes.buffer, bytes.byteOffset, rows * context);
const series = Array.from({ length: rows }, (_, i) => all.subarray(i * context, (i + 1) * context));

interface Opened {
  predict(horizon: number): Promise<Float32Array[]>;
  close(): Promise<void>;
}

async function open(): Promise<Opened> {
  const options = { intraOpNumThreads: threads };
  const config = readFileSync(path.join(folder, 'config.json'), 'utf8');
  if (config.includes('ChronosBoltPipeline')) {
    const runner = new BoltRunner(readBoltCheckpoint(folder), options);
    return {
      predict: (steps) => predictBolt(runner, series, { horizon: steps }),
      close: () => runner.close(),
    };
  }
  const model = await openT5(folder, options);
  const { draw } = model.config;
  return {
    predict: (steps) => predictPaths(model, series, { horizon: steps, seed: 1, draw }),
    close: () => model.close(),
  };
}

const model = await open();
const seconds: number[] = [];
let made = await model.predict(1);
for (let run = 0; run < runs; run++) {
  const begin = performance.now();
  made = await model.predict(horizon);
  seconds.push((performance.now() - begin) / 1000);
}
const out = new Float32Array(made.length * made[0].length);
made.forEach((row, i) => out.set(row, i * row.length));
writeFileSync(path.join(folder, 'ours.f32'), out);
await model.close();
console.log(
  JSON.stringify({
    seconds: seconds.toSorted((a, b) => a - b)[runs >> 1],
    mib: process.resourceUsage().maxRSS / 1024,
  }),
);
