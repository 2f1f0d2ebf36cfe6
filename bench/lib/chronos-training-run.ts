/** @file One job of bench/chronos-training.ts in a process of its own: opens a checkpoint, trains, prints one line of JSON. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defaultLora, initialAdapters } from '../../src-main/models/chronos/adapters.ts';
import { encodeBatch } from '../../src-main/models/chronos/encode.ts';
import { Trainer } from '../../src-main/models/chronos/trainer.ts';
import { loadWeights, readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';

const [folder, ...numbers] = process.argv.slice(2);
const [rows, context, horizon, steps, threads] = numbers.map(Number);
const lora = numbers[5] === 'lora' ? defaultLora : null;
const bytes = readFileSync(path.join(folder, 'series.f32'));
const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const row = (i: number): Float32Array => all.subarray(i * (context + horizon), (i + 1) * (context + horizon));
const checkpoint = readCheckpoint(folder);
const { config } = checkpoint;
const weights = loadWeights(checkpoint);
const trainer = new Trainer(
  config,
  {
    step: 0,
    weights: lora === null ? weights : new Map([...weights, ...initialAdapters(config, lora, 1)]),
    means: new Map(),
    squares: new Map(),
  },
  {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    clip: 1,
    lora,
    session: {
      intraOpNumThreads: threads,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    },
  },
);
const each = Array.from({ length: rows }, (_, i) => i);
const seconds: number[] = [];
const cpu: number[] = [];
const losses: number[] = [];
for (let step = 0; step <= steps; step++) {
  const begin = performance.now();
  const before = process.cpuUsage();
  const batch = encodeBatch(config, {
    contexts: each.map((i) => row(i).subarray(0, context)),
    futures: each.map(() => null),
    groups: each,
    outputPatches: Math.ceil(horizon / config.patch),
  });
  const { loss } = await trainer.step([{ batch, targets: each.map((i) => row(i).subarray(context)) }], 1e-5);
  losses.push(loss);
  if (step === 0) continue;
  seconds.push((performance.now() - begin) / 1000);
  const { user, system } = process.cpuUsage(before);
  cpu.push((user + system) / 1e6);
}
await trainer.close();
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1];
console.log(
  JSON.stringify({
    seconds: median(seconds),
    cpu: median(cpu),
    mib: process.resourceUsage().maxRSS / 1024,
    // adapters start at random values of their own
    losses: lora === null ? losses : losses.slice(0, 1),
  }),
);
