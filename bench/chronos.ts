/**
 * @file Forecasts of a checkpoint of the released Chronos-2 shapes (weights by formula: the released ones are not needed to time
 * them) against chronos-forecasting with PyTorch: same series, same threads, each in a process of its own, in turn.
 *
 *   npm run bench -- chronos [--json] [--runs 5] [--threads 2] [--jobs 1x512x32,1x2048x64,1x8192x64,32x2048x64] [--python PATH]
 *
 * A job is rows x context x horizon. `seconds` is the median over the runs; `difference` the largest difference of two forecasts,
 * relative to the deviation of the series: beyond 1e-4 the bench fails (exit status 1); `miB` the peak resident memory of the whole process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseChronos2Config } from '../src-main/models/chronos/config.ts';
import { parametersOf } from '../src-main/models/chronos/parameters.ts';
import {
  findPeers,
  forecastRow,
  judge,
  largestDifference,
  print,
  released,
  writeCheckpoint,
  writeSeries,
} from './lib/foundation-peer.ts';
import type { Forecasting } from './lib/foundation-peer.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    jobs: { type: 'string', default: '1x512x32,1x2048x64,1x8192x64,32x2048x64' },
    python: { type: 'string', default: process.env.VOLTCAST_PEERS ?? 'python3' },
  },
});

const peers = findPeers(options.python, 'chronos');
const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-chronos-'));
try {
  writeCheckpoint(folder, released, parametersOf(parseChronos2Config(released)));
  const rows = options.jobs.split(',').map((job) => {
    const [count, context] = job.split('x').map(Number);
    writeSeries(folder, count, context);
    const args = [folder, ...job.split('x'), options.runs, options.threads];
    const measured = peers.both<Forecasting>('foundation.py', 'chronos-run.ts', args);
    return forecastRow(job, peers, measured, largestDifference(folder));
  });
  print(rows, options.json);
  judge(rows);
} finally {
  rmSync(folder, { recursive: true });
}
