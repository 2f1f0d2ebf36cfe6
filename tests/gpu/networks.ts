/** @file Small networks and the model in the box on the processor and on other devices: prints, as one line of JSON, how far apart they are. */
import path from 'node:path';
import { parseChronos2Config } from '../../src-main/models/chronos/config.ts';
import { encodeBatch } from '../../src-main/models/chronos/encode.ts';
import type { EncodedBatch } from '../../src-main/models/chronos/encode.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import type { Checkpoint } from '../../src-main/models/chronos/runner.ts';
import { Trainer } from '../../src-main/models/chronos/trainer.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { TensorDevice } from '../../src-main/tensor/device.ts';
import type { Provider } from '../../src-main/tensor/device.ts';
import type { SessionOptions } from '../../src-main/tensor/session.ts';
import { boltTensors, parseBoltConfig } from '../../src-main/models/chronos-bolt/config.ts';
import { BoltRunner } from '../../src-main/models/chronos-bolt/runner.ts';
import { loadWeights, readCheckpoint } from '../../src-main/services/chronos-checkpoint.ts';
import { checkpoint, golden } from '../golden/support/chronos.ts';
import { formulaTensors } from '../golden/support/formula.ts';

const log: string[] = [];
const used = new Set<string>();
const on = (...providers: Provider[]): SessionOptions => inHalf([], log, ...providers);
const inHalf = (half: readonly Provider[], said: string[], ...providers: Provider[]): SessionOptions => {
  const hooks = {
    log: (_: string, message: string) => void said.push(message),
    used: (name: string) => void used.add(name),
  };
  return { intraOpNumThreads: 1, device: new TensorDevice('the card', providers, hooks, half) };
};

const wave = (length: number, row: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 50 + 9 * Math.sin((i + row) / 4) + ((i * 7 + row) % 5));
const gap = wave(40, 2).fill(Number.NaN, 16, 30);

interface Case {
  readonly of: Checkpoint;
  readonly batch: EncodedBatch;
  readonly members: number;
}
function caseOf(of: Checkpoint, contexts: Float32Array[], members: number, outputPatches = 2): Case {
  const batch = encodeBatch(of.config, {
    contexts,
    groups: contexts.map((_, i) => Math.floor(i / members)),
    futures: contexts.map((_, i) => (i % members === 0 ? null : wave(outputPatches * of.config.patch, i))),
    outputPatches,
  });
  return { of, batch, members };
}

// from 32 tokens on WebGPU makes attention by another program
const box = readCheckpoint(path.join(import.meta.dirname, '../../models/voltcast-small'));
const boxGap = wave(2688, 2).fill(Number.NaN, 240, 720);
/** The small one with heads of the usual size and room for more tokens. */
const json = golden['config'] as { readonly chronos_config: object };
const longConfig = parseChronos2Config({
  ...json,
  d_kv: 32,
  chronos_config: { ...json.chronos_config, context_length: 244 },
});
const long: Checkpoint = {
  config: longConfig,
  folder: null,
  tensors: formulaTensors(parametersOf(longConfig), longConfig.headSize),
};
const longGap = wave(244, 2).fill(Number.NaN, 16, 60);

const cases = {
  complete: caseOf(checkpoint, [wave(40, 0), wave(40, 1)], 1),
  'grouped, hidden': caseOf(checkpoint, [gap, wave(40, 1), wave(40, 2), gap], 2),
  'small, 64 tokens': caseOf(long, [longGap, wave(244, 1)], 2),
  'box, 64 tokens': caseOf(box, [wave(61 * 24, 0)], 1),
  'box, hidden, 117 tokens': caseOf(box, [boxGap], 1, 4),
};

const boltConfig = parseBoltConfig({
  d_model: 16,
  d_kv: 8,
  d_ff: 32,
  num_layers: 2,
  num_heads: 2,
  chronos_config: {
    context_length: 400,
    prediction_length: 8,
    input_patch_size: 8,
    input_patch_stride: 8,
    quantiles: [0.1, 0.5, 0.9],
    use_reg_token: true,
  },
});
const boltWeights = formulaTensors(boltTensors(boltConfig), 8);

/** largest difference of two arrays, relative to the larger of their largest number and `least` */
function apart(found: ArrayLike<number>, wanted: ArrayLike<number>, least = 0): number {
  let [worst, largest] = [0, least];
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(found[i]! - wanted[i]!);
    worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
    largest = Math.max(largest, Math.abs(wanted[i]!));
  }
  return worst / largest;
}

async function forecastOf(name: keyof typeof cases, options: SessionOptions): Promise<Float32Array> {
  const { of, batch, members } = cases[name];
  const runner = new Chronos2Runner(of, options);
  const made = await runner.run(batch, members);
  await runner.close();
  return made;
}

async function forecasts(options: SessionOptions): Promise<Record<string, Float32Array>> {
  const made: Record<string, Float32Array> = {};
  for (const name of Object.keys(cases) as (keyof typeof cases)[])
    made[name] = await forecastOf(name, options);
  const bolt = new BoltRunner({ config: boltConfig, tensors: boltWeights, folder: null }, options);
  made['chronos-bolt, 51 tokens'] = await bolt.run([wave(400, 0), gap, wave(300, 3)]);
  await bolt.close();
  return made;
}

async function step(
  options: SessionOptions,
): Promise<{ loss: number; norm: number; weights: ReadonlyMap<string, Float32Array> }> {
  const { of, batch } = cases.complete;
  const { config } = of;
  const weights = loadWeights(of);
  const trainer = new Trainer(
    config,
    { step: 0, weights, means: new Map(), squares: new Map() },
    { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1, session: options },
  );
  const targets = [wave(2 * config.patch, 40), wave(2 * config.patch, 41)];
  const { loss, norm } = await trainer.step([{ batch, targets }], 1e-3);
  // the mean is a tenth of the gradient, which the weights after one step are not: AdamW's first step is as long everywhere
  const { means } = trainer.state();
  await trainer.close();
  return { loss, norm, weights: means };
}

const [provider = 'webgpu'] = process.argv.slice(2) as Provider[];
const wanted = await forecasts(on());
const found = await forecasts(on(provider));
const ran = [...used];
const halfLog: string[] = [];
const half = await forecastOf('complete', inHalf([provider], halfLog, provider));
const [one, other] = [await step(on()), await step(on(provider))];
console.log(
  JSON.stringify({
    log,
    used: ran,
    forecasts: Object.fromEntries(
      Object.keys(wanted).map((name) => [name, apart(found[name]!, wanted[name]!)]),
    ),
    half: { log: halfLog, apart: apart(half, wanted['complete']!) },
    loss: apart([other.loss], [one.loss]),
    norm: apart([other.norm], [one.norm]),
    gradients: Math.max(
      ...[...one.weights].map(([name, values]) => apart(other.weights.get(name)!, values, 1e-4)),
    ),
  }),
);
process.exit(0);
