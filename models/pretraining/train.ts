/**
 * @file Trains the model in the box from scratch, on synthetic series only, with Voltcast's own training graph. May be stopped
 * and started at will: it goes on from the last checkpoint in its folder.
 *
 *   node models/pretraining/train.ts --out FOLDER [--steps 40000] [--minutes 60] [--rate 5e-4] [--cooldown 0.2] [--tokens 2048] [--threads 2]
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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
    steps: { type: 'string', default: '40000' },
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '5e-4' },
    warmup: { type: 'string', default: '300' },
    cooldown: { type: 'string', default: '0.2' },
    tokens: { type: 'string', default: '2048' },
    context: { type: 'string', default: '2016' },
    horizon: { type: 'string', default: '336' },
    threads: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
});
if (options.out === undefined) throw new Error('--out FOLDER is needed');
const folder = options.out;
mkdirSync(folder, { recursive: true });
const config = parseChronos2Config(JSON.parse(readFileSync(fileURLToPath(new URL('config.json', import.meta.url)), 'utf8')));
const parameters = parametersOf(config);
const seed = Number(options.seed);
const total = Number(options.steps);

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

/**
 * Linear warm-up, then level, then down to nothing over the last part (1 - sqrt, arXiv 2405.18392): how many steps there will be
 * need not be known until the last sitting.
 */
function rateAt(step: number): number {
  const peak = Number(options.rate);
  const warmup = Number(options.warmup);
  const fall = Math.round(total * Number(options.cooldown));
  if (step < warmup) return (peak * (step + 1)) / warmup;
  if (step < total - fall) return peak;
  return peak * (1 - Math.sqrt((step - (total - fall)) / fall));
}

function checkpoint(): void {
  const { step, weights, means, squares } = trainer.state();
  save('checkpoint.safetensors', { 'weight:': weights, 'mean:': means, 'square:': squares, 'average:': average }, { step: String(step) });
  save('model.safetensors', { '': average }, {});
}

const plan = { tokens: Number(options.tokens), longestContext: Number(options.context), longestHorizon: Number(options.horizon) };
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
    appendFileSync(path.join(folder, 'log.jsonl'), `${JSON.stringify(line)}\n`);
    console.log(JSON.stringify(line));
    recent = { loss: 0, norm: 0, count: 0 };
    began = performance.now();
  }
  if (trainer.steps % 250 === 0) checkpoint();
}
checkpoint();
await trainer.close();
