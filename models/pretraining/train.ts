/**
 * @file Trains the model in the box from scratch, on synthetic series only, with Voltcast's own training graph, as `recipe.yaml` says.
 * May be stopped and started at will: it goes on from the last checkpoint in its folder, and ends at the same weights.
 *
 *   node models/pretraining/train.ts --out FOLDER [--recipe FILE] [--until STEP] [--minutes 60] [--threads 2]
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseChronos2Config } from '../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { syntheticBatch } from '../../src-main/models/chronos/synthetic/batches.ts';
import { Trainer } from '../../src-main/models/chronos/trainer.ts';
import type { TrainerState } from '../../src-main/models/chronos/trainer.ts';
import { initialWeights } from './initial-weights.ts';
import { bytesOf } from '../../src-main/tensor/bytes.ts';
import { readSafetensors, toFloats, writeSafetensors } from '../../src-main/tensor/safetensors.ts';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    recipe: { type: 'string', default: fileURLToPath(new URL('recipe.yaml', import.meta.url)) },
    until: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    threads: { type: 'string', default: '2' },
  },
});
if (options.out === undefined) throw new Error('--out FOLDER is needed');
const folder = options.out;
mkdirSync(folder, { recursive: true });
const config = parseChronos2Config(JSON.parse(readFileSync(fileURLToPath(new URL('config.json', import.meta.url)), 'utf8')));
const parameters = parametersOf(config);
const count = z.int().min(0);
const recipe = z
  .strictObject({
    seed: count,
    tokens: count,
    context: count,
    horizon: count,
    sittings: z.array(z.strictObject({ until: count, rate: z.number(), warmup: count.default(0), fall: z.int().min(1) })).min(1),
  })
  .parse(parse(readFileSync(options.recipe, 'utf8')));
const { seed, sittings } = recipe;
const total = Math.min(Number(options.until ?? Infinity), sittings.at(-1)!.until);

type Tensors = ReadonlyMap<string, Float32Array>;

function save(name: string, parts: Readonly<Record<string, Tensors>>, metadata: Record<string, string>): void {
  const tensors = new Map(
    Object.entries(parts).flatMap(([prefix, values]) =>
      parameters.map(
        ({ name: key, shape }) =>
          [prefix + key, { type: 'float32' as const, dims: shape, data: bytesOf(values.get(key) as Float32Array) }] as const,
      ),
    ),
  );
  const file = path.join(folder, name);
  writeFileSync(`${file}.part`, writeSafetensors(tensors, { format: 'pt', ...metadata }));
  renameSync(`${file}.part`, file);
}

function resume(): { state: TrainerState; average: Map<string, Float32Array> } {
  const file = path.join(folder, 'checkpoint.safetensors');
  if (!existsSync(file)) {
    const weights = initialWeights(config, seed);
    return {
      state: { step: 0, weights, means: new Map(), squares: new Map() },
      average: new Map([...weights].map(([name, values]) => [name, values.slice()])),
    };
  }
  const { tensors, metadata } = readSafetensors(readFileSync(file), file);
  const part = (prefix: string): Map<string, Float32Array> =>
    new Map(
      parameters.flatMap(({ name }) => {
        const tensor = tensors.get(prefix + name);
        return tensor === undefined ? [] : [[name, toFloats(tensor, file)] as const];
      }),
    );
  return {
    state: { step: Number(metadata['step']), weights: part('weight:'), means: part('mean:'), squares: part('square:') },
    average: part('average:'),
  };
}

const { state, average } = resume();
const trainer = new Trainer(config, state, {
  beta1: 0.9,
  beta2: 0.98,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clip: 1,
  session: { intraOpNumThreads: Number(options.threads), extra: { session: { intra_op: { allow_spinning: '0' } } } },
});

/** Linear warm-up, then level, then down to nothing by the end of the sitting. */
function rateAt(step: number): number {
  const which = sittings.findIndex(({ until }) => step < until);
  const { until, rate, warmup, fall } = sittings[which];
  const since = step - (sittings[which - 1]?.until ?? 0);
  if (since < warmup) return (rate * (since + 1)) / warmup;
  return rate * (1 - Math.sqrt(Math.max(0, step - (until - fall)) / fall));
}

function checkpoint(): void {
  const { step, weights, means, squares } = trainer.state();
  save('checkpoint.safetensors', { 'weight:': weights, 'mean:': means, 'square:': squares, 'average:': average }, { step: String(step) });
  save('model.safetensors', { '': average }, {});
}

const log = path.join(folder, 'log.jsonl');
// what came after the checkpoint comes again
if (existsSync(log)) {
  const lines = readFileSync(log, 'utf8').split('\n');
  const kept = lines.filter((line) => line !== '' && JSON.parse(line).step <= trainer.steps);
  writeFileSync(log, kept.map((line) => `${line}\n`).join(''));
}
const plan = { tokens: recipe.tokens, longestContext: recipe.context, longestHorizon: recipe.horizon };
const until = performance.now() + Number(options.minutes) * 60_000;
const every = 50;
let recent = { loss: 0, norm: 0, count: 0 };
let began = performance.now();
while (trainer.steps < total && performance.now() < until) {
  const step = trainer.steps;
  const part = syntheticBatch(config, plan, seed, step);
  const rate = rateAt(step);
  const { loss, norm } = await trainer.step([part], rate);
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw new Error(`step ${step}: loss ${loss}, norm ${norm}`);
  // the average of the weights forecasts better than the last ones
  const keep = Math.min(0.997, (1 + trainer.steps) / (10 + trainer.steps));
  for (const [name, values] of trainer.state().weights) {
    const mean = average.get(name) as Float32Array;
    for (let i = 0; i < mean.length; i++) mean[i] += (1 - keep) * (values[i] - mean[i]);
  }
  // rows without a target count as nothing in the loss
  const scored = part.weights!.reduce((sum, weight) => sum + weight, 0) / part.batch.rows;
  recent = { loss: recent.loss + loss / scored, norm: recent.norm + norm, count: recent.count + 1 };
  if (trainer.steps % every === 0) {
    const line = {
      step: trainer.steps,
      loss: Number((recent.loss / recent.count).toFixed(4)),
      norm: Number((recent.norm / recent.count).toFixed(2)),
      rate: Number(rate.toPrecision(3)),
      secondsPerStep: Number(((performance.now() - began) / 1000 / recent.count).toFixed(2)),
    };
    appendFileSync(log, `${JSON.stringify(line)}\n`);
    console.log(JSON.stringify(line));
    recent = { loss: 0, norm: 0, count: 0 };
    began = performance.now();
  }
  if (trainer.steps % 250 === 0) checkpoint();
}
checkpoint();
await trainer.close();
