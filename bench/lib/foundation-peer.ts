/** @file What the benches against chronos-forecasting have in common: checkpoints and series that both read, and runs of both. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { configText } from '../../src-main/models/chronos/tuned-files.ts';
import { createRandom } from '../../src-main/models/random.ts';
import { writeSafetensors } from '../../src-main/tensor/safetensors.ts';
import { floatTensors } from '../../src-main/tensor/stored.ts';

/** config.json of amazon/chronos-2, as far as it shapes the network */
export const released = {
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

/** The folder gets config.json and model.safetensors, with weights by formula. */
export function writeCheckpoint(
  folder: string,
  config: { readonly d_kv: number },
  shapes: readonly { readonly name: string; readonly shape: readonly number[] }[],
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), configText(config));
  const weights = shapes.map(({ name, shape }, index) => {
    const random = createRandom(1000 + index);
    const query = /ttention\.q\.weight$/.test(name) ? config.d_kv ** -0.5 : 1;
    const spread = 0.7 * Math.sqrt(3 / (shape[1] ?? 1)) * query;
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      const u = 2 * random.next() - 1;
      if (name.endsWith('layer_norm.weight')) return 1 + 0.25 * u;
      return name.endsWith('.bias') ? 0.1 * u : spread * u;
    });
    return [name, values] as const;
  });
  writeFileSync(
    path.join(folder, 'model.safetensors'),
    writeSafetensors(floatTensors(shapes, new Map(weights))),
  );
}

/** series.f32, rows x steps: a day and a week, and noise; no two rows alike. */
export function writeSeries(folder: string, rows: number, steps: number): void {
  const random = createRandom(7);
  const values = Float32Array.from({ length: rows * steps }, (_, k) => {
    const [row, i] = [Math.floor(k / steps), k % steps];
    const wave = 30 * Math.sin((2 * Math.PI * i) / 96 + row) + 10 * Math.sin((2 * Math.PI * i) / 672);
    return 100 + 10 * row + wave + 5 * random.next();
  });
  writeFileSync(path.join(folder, 'series.f32'), values);
}

/** Largest difference of the forecasts of both, in deviations of the series; NaN where they cannot be compared. */
export function largestDifference(folder: string): number {
  const [theirs, ours] = ['peer.f32', 'ours.f32'].map((name) => {
    const bytes = readFileSync(path.join(folder, name));
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  });
  if (ours.length !== theirs.length) return Number.NaN;
  const deviation = 23;
  const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]) / deviation), 0);
  return Number(worst.toPrecision(2));
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function measured<T>(command: string, args: readonly string[]): T {
  const said = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(said.trim().split('\n').at(-1)!) as T;
}

/** A job by the library, then by ours, each in a process of its own. */
export interface Peers {
  /** e.g. `2.3.2 (torch 2.14.0)` */
  readonly version: string;
  /** @param peer file in bench/peers @param own file in bench/lib */
  both<T>(peer: string, own: string, args: readonly string[]): { readonly peer: T; readonly own: T };
}

/**
 * @param bench name of the bench, for the hint
 * @param packages that must be there; where they are not, the process says how to get them and ends
 */
export function findPeers(python: string, bench: string, packages = 'chronos-forecasting'): Peers {
  const versions = (): { chronos: string; torch: string } => {
    try {
      const said = execFileSync(python, [here('../peers/foundation.py'), '--versions'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return JSON.parse(said) as { chronos: string; torch: string };
    } catch {
      console.error(
        'The library to compare with is not there. Install it and say where:\n' +
          `  python3 -m venv .venv && .venv/bin/pip install ${packages}\n` +
          `  npm run bench -- ${bench} --python .venv/bin/python`,
      );
      process.exit(2);
    }
  };
  const { chronos, torch } = versions();
  return {
    version: `${chronos} (torch ${torch})`,
    both: (peer, own, args) => ({
      peer: measured(python, [here(`../peers/${peer}`), ...args]),
      own: measured(process.execPath, [...process.execArgv, here(own), ...args]),
    }),
  };
}

export interface Forecasting {
  readonly seconds: number;
  readonly mib: number;
}

/** A row of the table of a bench that forecasts. */
export const forecastRow = (
  job: string,
  { version }: Peers,
  { peer, own }: { readonly peer: Forecasting; readonly own: Forecasting },
  difference: number | null,
): Record<string, unknown> => ({
  job,
  peer: 'chronos-forecasting',
  peerVersion: version,
  peerSeconds: Number(peer.seconds.toFixed(4)),
  seconds: Number(own.seconds.toFixed(4)),
  speedup: Number((peer.seconds / own.seconds).toFixed(2)),
  difference,
  peerMiB: Math.round(peer.mib),
  miB: Math.round(own.mib),
});

/** Forecasts of ours may be so far from those of the original, in deviations of the series. */
const furthest = 1e-4;

/** The process ends with 1 where forecasts are further from the original's. @param rows of {@link forecastRow} */
export function judge(rows: readonly Record<string, unknown>[]): void {
  const apart = rows.filter(({ difference }) => difference !== null && !((difference as number) <= furthest));
  if (apart.length === 0) return;
  process.exitCode = 1;
  for (const { job, difference } of apart)
    console.error(`${String(job)}: forecasts differ by ${String(difference)}, more than ${furthest}.`);
}

export function print(rows: readonly Record<string, unknown>[], json: boolean): void {
  if (json) console.log(JSON.stringify({ rows }));
  else console.table(rows);
}
