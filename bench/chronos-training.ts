/**
 * @file Training steps of Chronos-2 against chronos-forecasting with PyTorch: same weights (by formula), same windows, same optimiser, same
 * threads, each in a process of its own, in turn; with several rounds, those whose time is in the middle.
 *
 *   npm run bench -- chronos-training [--json] [--steps 3] [--rounds 1] [--threads 2] [--jobs base-full-8x512x64,base-lora-8x512x64,box-full-32x768x96] [--python PATH]
 *
 * A job is shapes-mode-rows x context x horizon; shapes are those of the released model (base) or of the one in the box. Dropout is off in
 * both. `seconds` is the median of a step after the first, `cpu` that of the time on all cores; `loss` the largest difference of the losses over all steps, relative;
 * `miB` the peak resident memory of the whole process.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseChronos2Config } from '../src-main/models/chronos/config.ts';
import { parametersOf } from '../src-main/models/chronos/parameters.ts';
import { findPeers, print, released, writeCheckpoint, writeSeries } from './lib/foundation-peer.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    steps: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '1' },
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

/** The round whose time is in the middle. */
const typical = (rounds: readonly Measured[]): Measured =>
  rounds.toSorted((a, b) => a.seconds - b.seconds)[rounds.length >> 1];

/** Without dropout losses can be compared. */
const still = (config: typeof released): typeof released => ({ ...config, dropout_rate: 0 });
const box = readFileSync(new URL('../models/pretraining/config.json', import.meta.url), 'utf8');
const shapes = new Map([
  ['base', still(released)],
  ['box', still(JSON.parse(box) as typeof released)],
]);

const peers = findPeers(options.python, 'chronos-training', 'chronos-forecasting peft');
const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-training-'));
try {
  const rows = options.jobs.split(',').map((job) => {
    const [shape = '', mode = '', size = ''] = job.split('-');
    const [count, context, horizon] = size.split('x').map(Number);
    const config = shapes.get(shape)!;
    writeCheckpoint(folder, config, parametersOf(parseChronos2Config(config)));
    writeSeries(folder, count, context + horizon);
    const args = [folder, ...size.split('x'), options.steps, options.threads, mode];
    const rounds = Array.from({ length: Number(options.rounds) }, () =>
      peers.both<Measured>('foundation-training.py', 'chronos-training-run.ts', args),
    );
    const peer = typical(rounds.map((round) => round.peer));
    const own = typical(rounds.map((round) => round.own));
    const apart = own.losses.map((loss, i) => Math.abs(loss / peer.losses[i] - 1));
    return {
      job,
      peer: 'chronos-forecasting',
      peerVersion: peers.version,
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
  print(rows, options.json);
} finally {
  rmSync(folder, { recursive: true });
}
