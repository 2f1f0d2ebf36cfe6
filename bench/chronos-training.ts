/**
 * @file Training steps of Chronos-2 against chronos-forecasting with PyTorch: same weights (by formula), same windows, same optimiser, same
 * threads, each in a process of its own, in turn.
 *
 *   npm run bench -- chronos-training [--json] [--steps 3] [--threads 2] [--jobs base-full-8x512x64,base-lora-8x512x64,box-full-32x768x96] [--python PATH]
 *
 * A job is shapes-mode-rows x context x horizon; shapes are those of the released model (base) or of the one in the box. Dropout is off in
 * both. `seconds` is the median of a step after the first, `cpu` that of the time on all cores; `loss` the largest difference of the losses over all steps, relative;
 * `miB` the peak resident memory of the whole process.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseChronos2Config } from '../src-main/models/chronos/config.ts';
import { parametersOf } from '../src-main/models/chronos/parameters.ts';
import { configText } from '../src-main/models/chronos/tuned-files.ts';
import { createRandom } from '../src-main/models/random.ts';
import { writeSafetensors } from '../src-main/tensor/safetensors.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    steps: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    jobs: { type: 'string', default: 'base-full-8x512x64,base-lora-8x512x64,box-full-32x768x96' },
    python: { type: 'string', default: process.env.VOLTCAST_PEERS ?? 'python3' },
  },
});

interface Measured {
  readonly seconds: number;
  /** of the processor, by all threads: steadier than the clock where other programs run */
  readonly cpu: number;
  readonly mib: number;
  readonly losses: readonly number[];
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const run = (command: string, args: readonly string[]): Measured =>
  JSON.parse(
    execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
      .trim()
      .split('\n')
      .at(-1)!,
  ) as Measured;

/** config.json of amazon/chronos-2, as far as it shapes the network. */
const base = {
  architectures: ['Chronos2Model'],
  chronos_pipeline_class: 'Chronos2Pipeline',
  model_type: 't5',
  d_model: 768,
  d_kv: 64,
  d_ff: 3072,
  num_layers: 12,
  num_heads: 12,
  dropout_rate: 0,
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
const box = JSON.parse(readFileSync(here('../models/pretraining/config.json'), 'utf8')) as typeof base;
const shapes = new Map([
  ['base', base],
  ['box', { ...box, dropout_rate: 0 }],
]);

function writeCheckpoint(folder: string, config: typeof base): void {
  writeFileSync(path.join(folder, 'config.json'), configText(config));
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
function writeSeries(folder: string, rows: number, steps: number): void {
  const random = createRandom(7);
  const values = Float32Array.from({ length: rows * steps }, (_, k) => {
    const [row, i] = [Math.floor(k / steps), k % steps];
    const wave = 30 * Math.sin((2 * Math.PI * i) / 96 + row) + 10 * Math.sin((2 * Math.PI * i) / 672);
    return 100 + 10 * row + wave + 5 * random.next();
  });
  writeFileSync(path.join(folder, 'series.f32'), values);
}

function versions(): { chronos: string; torch: string } {
  try {
    const said = execFileSync(options.python, [here('peers/foundation-training.py'), '--versions'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(said) as { chronos: string; torch: string };
  } catch {
    console.error(
      'The libraries to compare with are not there. Install them and say where:\n' +
        '  python3 -m venv .venv && .venv/bin/pip install chronos-forecasting peft\n' +
        '  npm run bench -- chronos-training --python .venv/bin/python',
    );
    process.exit(2);
  }
}

const peers = versions();
const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-training-'));
try {
  const rows = options.jobs.split(',').map((job) => {
    const [shape = '', mode = '', size = ''] = job.split('-');
    const [count, context, horizon] = size.split('x').map(Number);
    writeCheckpoint(folder, shapes.get(shape)!);
    writeSeries(folder, count, context + horizon);
    const args = [folder, String(count), String(context), String(horizon), options.steps, options.threads];
    const peer = run(options.python, [here('peers/foundation-training.py'), ...args, mode]);
    const own = run(process.execPath, [
      ...process.execArgv,
      here('lib/chronos-training-run.ts'),
      ...args,
      mode,
    ]);
    const apart = own.losses.map((loss, i) => Math.abs(loss / peer.losses[i] - 1));
    return {
      job,
      peer: 'chronos-forecasting',
      peerVersion: `${peers.chronos} (torch ${peers.torch})`,
      peerSeconds: Number(peer.seconds.toFixed(3)),
      seconds: Number(own.seconds.toFixed(3)),
      speedup: Number((peer.seconds / own.seconds).toFixed(2)),
      peerCpu: Number(peer.cpu.toFixed(3)),
      cpu: Number(own.cpu.toFixed(3)),
      loss: Number(Math.max(...apart).toPrecision(2)),
      peerMiB: Math.round(peer.mib),
      miB: Math.round(own.mib),
    };
  });
  if (options.json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
} finally {
  rmSync(folder, { recursive: true });
}
