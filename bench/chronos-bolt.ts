/**
 * @file Forecasts of checkpoints of the shapes of amazon/chronos-bolt-small and amazon/chronos-t5-small (weights by chance: the released
 * ones are not needed to time them) against chronos-forecasting with PyTorch: same series, same threads, each in a process of its
 * own, in turn.
 *
 *   npm run bench -- chronos-bolt [--json] [--runs 3] [--threads 2] [--python PATH]
 *     [--jobs bolt:1x512x64,bolt:1x2048x64,bolt:32x2048x64,bolt:4x512x192,t5:1x512x64,t5:4x512x64]
 *
 * A job is model:rows x context x horizon; a row of T5 is twenty futures. `seconds` is the median over the runs; `difference` the
 * largest difference of two forecasts, relative to the deviation of the series (none for T5, which draws); `miB` the peak resident
 * memory of the whole process.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { boltTensors, parseBoltConfig } from '../src-main/models/chronos-bolt/config.ts';
import { chronosT5Tensors, parseChronosT5Config } from '../src-main/models/chronos-t5/config.ts';
import { createRandom } from '../src-main/models/random.ts';
import type { TensorShape } from '../src-main/models/t5/config.ts';
import { writeSafetensors } from '../src-main/tensor/safetensors.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    jobs: {
      type: 'string',
      default: 'bolt:1x512x64,bolt:1x2048x64,bolt:32x2048x64,bolt:4x512x192,t5:1x512x64,t5:4x512x64',
    },
    python: { type: 'string', default: process.env.VOLTCAST_PEERS ?? 'python3' },
  },
});

/** Both are T5 "small": 6 layers each side, 8 heads of 64 */
const core = {
  model_type: 't5',
  d_model: 512,
  d_kv: 64,
  d_ff: 2048,
  num_layers: 6,
  num_decoder_layers: 6,
  num_heads: 8,
  dropout_rate: 0.1,
  layer_norm_epsilon: 1e-6,
  relative_attention_num_buckets: 32,
  relative_attention_max_distance: 128,
  feed_forward_proj: 'relu',
  is_encoder_decoder: true,
  pad_token_id: 0,
  eos_token_id: 1,
  decoder_start_token_id: 0,
};
const bolt = {
  ...core,
  architectures: ['ChronosBoltModelForForecasting'],
  chronos_pipeline_class: 'ChronosBoltPipeline',
  vocab_size: 2,
  reg_token_id: 1,
  chronos_config: {
    context_length: 2048,
    prediction_length: 64,
    input_patch_size: 16,
    input_patch_stride: 16,
    quantiles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    use_reg_token: true,
  },
};
const t5 = {
  ...core,
  architectures: ['T5ForConditionalGeneration'],
  vocab_size: 4096,
  chronos_config: {
    tokenizer_class: 'MeanScaleUniformBins',
    tokenizer_kwargs: { low_limit: -15, high_limit: 15 },
    n_tokens: 4096,
    n_special_tokens: 2,
    pad_token_id: 0,
    eos_token_id: 1,
    use_eos_token: true,
    model_type: 'seq2seq',
    context_length: 512,
    prediction_length: 64,
    num_samples: 20,
    temperature: 1,
    top_k: 50,
    top_p: 1,
  },
};

interface Measured {
  readonly seconds: number;
  readonly mib: number;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const run = (command: string, args: readonly string[]): Measured =>
  JSON.parse(
    execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
      .trim()
      .split('\n')
      .at(-1)!,
  ) as Measured;

function writeCheckpoint(folder: string, config: unknown, shapes: readonly TensorShape[]): void {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const tensors = shapes.map(({ name, shape }, index) => {
    const random = createRandom(1000 + index);
    const spread =
      0.7 * Math.sqrt(3 / (shape[1] ?? 1)) * (/ttention\.q\.weight$/.test(name) ? core.d_kv ** -0.5 : 1);
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      const u = 2 * random.next() - 1;
      if (name.endsWith('layer_norm.weight')) return 1 + 0.25 * u;
      return name.endsWith('.bias') ? 0.1 * u : spread * u;
    });
    return [name, { type: 'float32' as const, dims: shape, data: new Uint8Array(values.buffer) }] as const;
  });
  writeFileSync(path.join(folder, 'model.safetensors'), writeSafetensors(new Map(tensors)));
}

/** A day and a week, and noise; no two rows alike. */
function writeSeries(folder: string, rows: number, context: number): void {
  const random = createRandom(7);
  const values = Float32Array.from({ length: rows * context }, (_, k) => {
    const [row, i] = [Math.floor(k / context), k % context];
    return (
      100 +
      10 * row +
      30 * Math.sin((2 * Math.PI * i) / 96 + row) +
      10 * Math.sin((2 * Math.PI * i) / 672) +
      5 * random.next()
    );
  });
  writeFileSync(path.join(folder, 'series.f32'), values);
}

const floats = (file: string): Float32Array => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
};

function versions(): { chronos: string; torch: string } {
  try {
    const said = execFileSync(options.python, [here('peers/chronos_bolt.py'), '--versions'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(said) as { chronos: string; torch: string };
  } catch {
    console.error(
      'The library to compare with is not there. Install it and say where:\n' +
        '  python3 -m venv .venv && .venv/bin/pip install chronos-forecasting\n' +
        '  npm run bench -- chronos-bolt --python .venv/bin/python',
    );
    process.exit(2);
  }
}

const peers = versions();
const root = mkdtempSync(path.join(tmpdir(), 'voltcast-chronos-bolt-'));
try {
  const checkpoints: Readonly<Record<'bolt' | 't5', readonly [unknown, readonly TensorShape[]]>> = {
    bolt: [bolt, boltTensors(parseBoltConfig(bolt))],
    t5: [t5, chronosT5Tensors(parseChronosT5Config(t5))],
  };
  const round = (value: number, digits: number): number => Number(value.toFixed(digits));
  const rows = options.jobs.split(',').map((job) => {
    const [model, sizes] = job.split(':') as ['bolt' | 't5', string];
    const [count, context, horizon] = sizes.split('x').map(Number);
    const folder = path.join(root, model);
    if (!existsSync(folder)) writeCheckpoint(folder, ...checkpoints[model]);
    writeSeries(folder, count, context);
    const args = [folder, String(count), String(context), String(horizon), options.runs, options.threads];
    const peer = run(options.python, [here('peers/chronos_bolt.py'), ...args]);
    const own = run(process.execPath, [...process.execArgv, here('lib/chronos-bolt-run.ts'), ...args]);
    const [theirs, ours] = [floats(path.join(folder, 'peer.f32')), floats(path.join(folder, 'ours.f32'))];
    // the series' deviation is about 23
    const difference = ours.reduce((worst, value, i) => Math.max(worst, Math.abs(value - theirs[i]) / 23), 0);
    return {
      job,
      peer: 'chronos-forecasting',
      peerVersion: `${peers.chronos} (torch ${peers.torch})`,
      peerSeconds: round(peer.seconds, 4),
      seconds: round(own.seconds, 4),
      speedup: round(peer.seconds / own.seconds, 2),
      difference: model === 'bolt' ? Number(difference.toPrecision(2)) : null,
      peerMiB: Math.round(peer.mib),
      miB: Math.round(own.mib),
    };
  });
  if (options.json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
} finally {
  rmSync(root, { recursive: true });
}
