/**
 * @file Forecasts of a checkpoint of the released Chronos-2 shapes (weights by formula: the released ones are not needed to time
 * them) against chronos-forecasting with PyTorch: same series, same threads, each in a process of its own, in turn.
 *
 *   npm run bench -- chronos [--json] [--runs 5] [--threads 2] [--jobs 1x512x32,1x2048x64,1x8192x64,32x2048x64] [--python PATH]
 *
 * A job is rows x context x horizon. `seconds` is the median over the runs; `difference` the largest difference of two forecasts,
 * relative to the deviation of the series; `miB` the peak resident memory of the whole process.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseChronos2Config } from '../src-main/models/chronos/config.ts';
import { parametersOf } from '../src-main/models/chronos/parameters.ts';
import { createRandom } from '../src-main/models/random.ts';
import { writeSafetensors } from '../src-main/tensor/safetensors.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    jobs: { type: 'string', default: '1x512x32,1x2048x64,1x8192x64,32x2048x64' },
    python: { type: 'string', default: process.env.VOLTCAST_PEERS ?? 'python3' },
  },
});

/** config.json of amazon/chronos-2, as far as it shapes the network */
const config = {
  architectures: ['Chronos2Model'],
  chronos_pipeline_class: 'Chronos2Pipeline',
  model_type: 't5',
  d_model: 768,
  d_kv: 64,
  d_ff: 3072,
  num_layers: 12,
  num_heads: 12,
  dropout_rate: 0.1,
  layer_norm_epsilon: 1e-6,
  rope_theta: 10000,
  feed_forward_proj: 'relu',
  dense_act_fn: 'relu',
  is_gated_act: false,
  initializer_factor: 0.05,
  vocab_size: 2,
  pad_token_id: 0,
  reg_token_id: 1,
  torch_dtype: 'float32',
  chronos_config: {
    context_length: 8192,
    input_patch_size: 16,
    input_patch_stride: 16,
    output_patch_size: 16,
    max_output_patches: 64,
    quantiles: [0.01, ...Array.from({ length: 19 }, (_, i) => Number((0.05 * (i + 1)).toFixed(2))), 0.99],
    use_arcsinh: true,
    use_reg_token: true,
    time_encoding_scale: 8192,
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

function writeCheckpoint(folder: string): void {
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const tensors = parametersOf(parseChronos2Config(config)).map(({ name, shape }, index) => {
    const random = createRandom(1000 + index);
    const spread =
      Math.sqrt(3 / (shape[1] ?? 1)) * (name.endsWith('self_attention.q.weight') ? config.d_kv ** -0.5 : 1);
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      const u = 2 * random.next() - 1;
      if (name.endsWith('layer_norm.weight')) return 1 + 0.25 * u;
      return name.endsWith('.bias') ? 0.1 * u : 0.7 * spread * u;
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
    const said = execFileSync(options.python, [here('peers/foundation.py'), '--versions'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(said) as { chronos: string; torch: string };
  } catch {
    console.error(
      'The library to compare with is not there. Install it and say where:\n' +
        '  python3 -m venv .venv && .venv/bin/pip install chronos-forecasting\n' +
        '  npm run bench -- chronos --python .venv/bin/python',
    );
    process.exit(2);
  }
}

const peers = versions();
const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-chronos-'));
try {
  writeCheckpoint(folder);
  const round = (value: number, digits: number): number => Number(value.toFixed(digits));
  const rows = options.jobs.split(',').map((job) => {
    const [count, context, horizon] = job.split('x').map(Number);
    writeSeries(folder, count, context);
    const args = [folder, String(count), String(context), String(horizon), options.runs, options.threads];
    const peer = run(options.python, [here('peers/foundation.py'), ...args]);
    const own = run(process.execPath, [...process.execArgv, here('lib/chronos-run.ts'), ...args]);
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
      difference: Number(difference.toPrecision(2)),
      peerMiB: Math.round(peer.mib),
      miB: Math.round(own.mib),
    };
  });
  if (options.json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
} finally {
  rmSync(folder, { recursive: true });
}
