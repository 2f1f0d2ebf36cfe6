/**
 * @file A pipeline of quick steps that do real work and write real artifacts, for tests of the engine. Knobs in
 * `model.params` make a step fail, die, wait or eat memory; they are no part of any step's key.
 */
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { StepId } from '../../../src-preload/contract/index.ts';
import type { StepContext, StepDefinition } from '../../../src-main/runs/step.ts';

export interface Knobs {
  /** part of the key of `train` and what follows */
  readonly eta?: number;
  readonly at?: StepId;
  readonly do?: 'throw' | 'exit' | 'kill' | 'memory' | 'wait' | 'block' | 'reject' | 'full-disk';
  readonly code?: string;
  /** the knob acts while this file is not there, and makes it: once */
  readonly once?: string;
  /** ms each step takes at least */
  readonly pace?: number;
  /** bytes `load-data` writes */
  readonly bytes?: number;
}

const knobsOf = (context: StepContext): Knobs => context.spec.recipe.model.params as Knobs;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function misbehave(context: StepContext, id: StepId): Promise<void> {
  const knobs = knobsOf(context);
  if (knobs.pace !== undefined)
    for (let part = 1; part <= 5; part++) {
      await sleep(knobs.pace / 5);
      context.progress(part / 5, `part ${part}`);
    }
  if (knobs.at !== id || knobs.do === undefined) return;
  if (knobs.once !== undefined) {
    if (existsSync(knobs.once)) return;
    writeFileSync(knobs.once, '');
  }
  context.log('info', `about to ${knobs.do}`);
  switch (knobs.do) {
    case 'throw':
      throw new AppError({
        code: knobs.code ?? 'test-failure',
        message: 'Failed as it was told.',
        hint: 'None.',
      });
    case 'exit':
      return process.exit(3);
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      return sleep(10_000);
    case 'memory': {
      process.stderr.write(
        'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n',
      );
      return process.abort();
    }
    case 'wait':
      return sleep(600_000);
    case 'block':
      for (const until = Date.now() + 600_000; Date.now() < until;);
      return;
    case 'reject':
      void Promise.reject(new Error('Nobody awaits this.'));
      return sleep(10_000);
    case 'full-disk':
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  }
}

/** Deterministic bytes: each block is the hash of the one before. */
function expand(seed: string, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let block = createHash('sha256').update(seed).digest();
  for (let offset = 0; offset < bytes; offset += block.length) {
    out.set(block.subarray(0, Math.min(block.length, bytes - offset)), offset);
    block = createHash('sha256').update(block).digest();
  }
  return out;
}
const digest = (...parts: Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const step = (
  definition: Pick<StepDefinition, 'id' | 'inputs' | 'weight' | 'run'> & Partial<StepDefinition>,
): StepDefinition => ({
  version: 1,
  params: () => null,
  reusable: true,
  ...definition,
  run: async (context) => {
    await misbehave(context, definition.id);
    await definition.run(context);
  },
});

export const pipeline: readonly StepDefinition[] = [
  step({
    id: 'load-config',
    inputs: [],
    weight: 1,
    params: (spec) => ({ seed: spec.recipe.runtime.seed }),
    run: async (context) => void context.writeJson('recipe.json', { seed: context.spec.recipe.runtime.seed }),
  }),
  step({
    id: 'load-data',
    inputs: ['recipe.json'],
    weight: 2,
    params: (spec) => ({ table: spec.table, bytes: (spec.recipe.model.params as Knobs).bytes ?? 100_000 }),
    run: async (context) => {
      const bytes = knobsOf(context).bytes ?? 100_000;
      context.write('frame.parquet', expand(`data ${context.artifact('recipe.json').hash}`, bytes));
    },
  }),
  step({
    id: 'features',
    inputs: ['frame.parquet'],
    weight: 2,
    run: async (context) => {
      context.write('features.bin', expand(digest(context.read('frame.parquet')), 50_000));
      context.writeJson('split.json', { rows: context.read('frame.parquet').length });
    },
  }),
  step({
    id: 'train',
    inputs: ['features.bin', 'split.json'],
    weight: 4,
    params: (spec) => ({ eta: (spec.recipe.model.params as Knobs).eta ?? 0.1 }),
    run: async (context) => {
      let state = digest(context.read('features.bin'));
      for (let round = 0; round < 20; round++) {
        state = digest(expand(`${state} ${knobsOf(context).eta ?? 0.1}`, 20_000));
        context.progress((round + 1) / 20, `round ${round + 1}`);
        context.curve('loss', round, 1 / (round + 1));
      }
      context.log('info', 'trained');
      context.writeJson('model.json', { state }, { user: true });
    },
  }),
  step({
    id: 'evaluate',
    inputs: ['model.json', 'features.bin'],
    weight: 1,
    run: async (context) => {
      const bytes = digest(context.read('model.json'), context.read('features.bin'));
      context.writeJson(
        'metrics.json',
        { mae: Number.parseInt(bytes.slice(0, 12), 16) / 1e7 },
        { user: true },
      );
    },
  }),
  step({
    id: 'record',
    inputs: ['metrics.json'],
    weight: 1,
    reusable: false,
    run: async (context) => {
      const { mae } = context.readJson('metrics.json') as { mae: number };
      context.recordResult({
        metrics: {
          rmse: mae * 1.5,
          mae,
          r2: Number.NaN,
          mape: null,
          smape: null,
          wape: null,
          mase: null,
          bias: 0,
          cvrmse: null,
          nmbe: null,
          peakError: null,
          wql: null,
          coverage80: null,
        },
        skill: 0.25,
        baseline: { name: 'weekly', mae: mae * 2, rmse: null, daily: null, weekly: null },
        splitKey: context.artifact('metrics.json').hash,
        horizon: 96,
        thresholds: [{ metric: 'mae', value: mae, min: null, max: 1e9, met: true }],
      });
    },
  }),
  step({ id: 'notify', inputs: [], weight: 1, reusable: false, run: async () => undefined }),
];
