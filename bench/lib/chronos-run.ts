/** @file One job of bench/chronos.ts in a process of its own: opens a checkpoint, forecasts, prints one line of JSON. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { predictItems } from '../../src-main/models/chronos/predict.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';

const [folder, ...numbers] = process.argv.slice(2);
const [rows, context, horizon, runs, threads] = numbers.map(Number);
const bytes = readFileSync(path.join(folder, 'series.f32'));
const series = new Float32Array(bytes.buffer, bytes.byteOffset, rows * context);
const items = Array.from({ length: rows }, (_, i) => ({
  targets: [series.subarray(i * context, (i + 1) * context)],
  past: [],
  known: [],
}));
const runner = new Chronos2Runner(readCheckpoint(folder), { intraOpNumThreads: threads });
const seconds: number[] = [];
let made = await predictItems(runner, items.slice(0, 1), { horizon: 1 });
for (let run = 0; run < runs; run++) {
  const begin = performance.now();
  made = await predictItems(runner, items, { horizon });
  seconds.push((performance.now() - begin) / 1000);
}
const levels = made[0][0].length / horizon;
const all = new Float32Array(rows * levels * horizon);
made.forEach(([row], i) => all.set(row, i * row.length));
writeFileSync(path.join(folder, 'ours.f32'), all);
await runner.close();
console.log(
  JSON.stringify({
    seconds: seconds.toSorted((a, b) => a - b)[runs >> 1],
    mib: process.resourceUsage().maxRSS / 1024,
  }),
);
