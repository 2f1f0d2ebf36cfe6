/** @file A small Chronos-2 and a small Chronos-Bolt on the processor and on other devices: prints, as one line of JSON, how far apart they are. */
import { encodeBatch } from '../../src-main/models/chronos/encode.ts';
import { Chronos2Runner } from '../../src-main/models/chronos/runner.ts';
import { Trainer } from '../../src-main/models/chronos/trainer.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import { TensorDevice } from '../../src-main/tensor/device.ts';
import type { Provider } from '../../src-main/tensor/device.ts';
import type { SessionOptions } from '../../src-main/tensor/session.ts';
import { boltTensors, parseBoltConfig } from '../../src-main/models/chronos-bolt/config.ts';
import { BoltRunner } from '../../src-main/models/chronos-bolt/runner.ts';
import { checkpoint, config, weightOf } from '../golden/support/chronos.ts';
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
const batch = (contexts: Float32Array[], members: number) =>
  encodeBatch(config, {
    contexts,
    groups: contexts.map((_, i) => Math.floor(i / members)),
    futures: contexts.map((_, i) => (i % members === 0 ? null : wave(2 * config.patch, i))),
    outputPatches: 2,
  });
const cases = {
  complete: [batch([wave(40, 0), wave(40, 1)], 1), 1],
  'grouped, hidden': [batch([gap, wave(40, 1), wave(40, 2), gap], 2), 2],
} as const;

const boltConfig = parseBoltConfig({
  d_model: 16,
  d_kv: 8,
  d_ff: 32,
  num_layers: 2,
  num_heads: 2,
  chronos_config: {
    context_length: 40,
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
  const [one, members] = cases[name];
  const runner = new Chronos2Runner(checkpoint, options);
  const made = await runner.run(one, members);
  await runner.close();
  return made;
}

async function forecasts(options: SessionOptions): Promise<Record<string, Float32Array>> {
  const made: Record<string, Float32Array> = {};
  for (const name of Object.keys(cases) as (keyof typeof cases)[])
    made[name] = await forecastOf(name, options);
  const bolt = new BoltRunner({ config: boltConfig, tensors: boltWeights, folder: null }, options);
  made['chronos-bolt'] = await bolt.run([wave(40, 0), gap, wave(7, 3)]);
  await bolt.close();
  return made;
}

async function step(
  options: SessionOptions,
): Promise<{ loss: number; norm: number; weights: ReadonlyMap<string, Float32Array> }> {
  const weights = new Map(parametersOf(config).map(({ name, shape }) => [name, weightOf(name, shape)]));
  const trainer = new Trainer(
    config,
    { step: 0, weights, means: new Map(), squares: new Map() },
    { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1, session: options },
  );
  const targets = [wave(2 * config.patch, 40), wave(2 * config.patch, 41)];
  const { loss, norm } = await trainer.step([{ batch: cases.complete[0], targets }], 1e-3);
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
