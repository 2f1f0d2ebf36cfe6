/**
 * @file Training of the three boosting policies against the libraries they are modelled on: same data, same settings, same
 * number of threads, each training in a process of its own, in turn.
 *
 *   npm run bench -- boosting [--json] [--runs 3] [--threads 2] [--sizes 35040x15,250000x20,1000000x30]
 *                             [--policies xgboost,lightgbm,catboost] [--python PATH]
 *   npm run bench -- boosting --scaling [--json]     our time and memory up to 10,000,000 x 20, no peer
 *
 * `seconds` is the median over the runs from arrays in memory to a trained model, binning included; `error` the RMSE on rows
 * not trained on (a fifth as many); `miB` the peak resident memory of the whole process. `speedup` = peerSeconds / seconds.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { boostingTable, rowMajor } from './lib/boosting-data.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    scaling: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    sizes: { type: 'string', default: '35040x15,250000x20,1000000x30' },
    policies: { type: 'string', default: 'xgboost,lightgbm,catboost' },
    python: { type: 'string', default: process.env.VOLTCAST_PEERS ?? 'python3' },
  },
});

interface Measured {
  readonly seconds: number;
  /** processor time of all threads: says more than `seconds` where the machine has other work */
  readonly cpuSeconds: number;
  readonly predictSeconds: number;
  readonly error: number;
  readonly mib: number;
  /** ours only: one row at a time, microseconds */
  readonly rowMicroseconds?: number;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const measure = (command: string, args: readonly string[]): Measured =>
  JSON.parse(
    execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1e8 }),
  ) as Measured;
const ours = (...args: readonly string[]): Measured =>
  measure(process.execPath, [...process.execArgv, here('lib/boosting-run.ts'), ...args]);
const theirs = (...args: readonly string[]): Measured =>
  measure(options.python, [here('peers/boosting.py'), ...args]);

/** Rounds that keep a run of every size between half a second and half a minute. */
const roundsFor = (rows: number): number => (rows <= 50_000 ? 300 : rows <= 300_000 ? 100 : 50);

function writeTable(folder: string, rows: number, columns: number): void {
  const train = boostingTable(rows, columns, 1);
  writeFileSync(path.join(folder, 'train.f32'), rowMajor(train));
  writeFileSync(path.join(folder, 'train-y.f32'), train.target);
  const test = boostingTable(Math.ceil(rows / 5), columns, 2);
  writeFileSync(path.join(folder, 'test.f32'), rowMajor(test));
  writeFileSync(path.join(folder, 'test-y.f32'), test.target);
  writeFileSync(path.join(folder, 'shape.json'), JSON.stringify({ rows, columns }));
}

/** @param work gets a folder that holds a table of the size, and is removed afterwards */
function withTable<T>(rows: number, columns: number, work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-boosting-'));
  try {
    writeTable(folder, rows, columns);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];
const round = (value: number, digits: number): number => Number(value.toFixed(digits));

function versionsOfPeers(): Record<string, string> {
  try {
    return JSON.parse(
      execFileSync(options.python, [here('peers/boosting.py'), '--versions'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as Record<string, string>;
  } catch {
    console.error(
      `The libraries to compare with are not there. Install them and say where:\n` +
        `  python3 -m venv .venv && .venv/bin/pip install xgboost lightgbm catboost\n` +
        `  npm run bench -- boosting --python .venv/bin/python`,
    );
    process.exit(2);
  }
}

function compare(): void {
  const versions = versionsOfPeers();
  const rows = options.sizes.split(',').flatMap((size) => {
    const [n, columns] = size.split('x').map(Number);
    return withTable(n, columns, (folder) =>
      options.policies.split(',').map((policy) => {
        const args = [folder, policy, String(roundsFor(n)), options.threads];
        const peer: Measured[] = [];
        const own: Measured[] = [];
        for (let run = 0; run < Number(options.runs); run++) {
          peer.push(theirs(...args));
          own.push(ours(...args));
        }
        const of = (list: readonly Measured[], key: keyof Measured): number =>
          median(list.map((one) => one[key] ?? Number.NaN));
        const row = {
          size,
          policy,
          peer: policy,
          peerVersion: versions[policy],
          peerSeconds: round(of(peer, 'seconds'), 3),
          seconds: round(of(own, 'seconds'), 3),
          peerCpuSeconds: round(of(peer, 'cpuSeconds'), 3),
          cpuSeconds: round(of(own, 'cpuSeconds'), 3),
          speedup: round(of(peer, 'seconds') / of(own, 'seconds'), 2),
          peerError: round(of(peer, 'error'), 5),
          error: round(of(own, 'error'), 5),
          peerMiB: round(of(peer, 'mib'), 0),
          miB: round(of(own, 'mib'), 0),
          peerPredictSeconds: round(of(peer, 'predictSeconds'), 4),
          predictSeconds: round(of(own, 'predictSeconds'), 4),
          rowMicroseconds: round(of(own, 'rowMicroseconds'), 1),
        };
        if (!options.json)
          console.log(
            `${size} ${policy} ${row.peerVersion}: ${row.peerSeconds} s, ours ${row.seconds} s (x ${row.speedup}); ` +
              `processor ${row.peerCpuSeconds} s, ours ${row.cpuSeconds} s; ` +
              `error ${row.peerError}, ours ${row.error}; memory ${row.peerMiB} MiB, ours ${row.miB}; ` +
              `predict ${row.peerPredictSeconds} s, ours ${row.predictSeconds} s, one row ${row.rowMicroseconds} us`,
          );
        return row;
      }),
    );
  });
  if (options.json) console.log(JSON.stringify({ threads: Number(options.threads), rows }));
}

/** Twenty trees at growing sizes: time and memory per row and column must stay the same. */
function scaling(): void {
  const sizes: readonly (readonly [number, number])[] = [
    [100_000, 20],
    [1_000_000, 10],
    [1_000_000, 20],
    [1_000_000, 40],
    [10_000_000, 20],
  ];
  const rows = sizes.map(([n, columns]) =>
    withTable(n, columns, (folder) => {
      const { seconds, mib } = ours(folder, 'xgboost', '20', options.threads);
      const row = {
        size: `${n}x${columns}`,
        seconds: round(seconds, 2),
        nanosecondsPerCell: round((seconds * 1e9) / n / columns, 1),
        miB: round(mib, 0),
      };
      if (!options.json)
        console.log(`${row.size}: ${row.seconds} s, ${row.nanosecondsPerCell} ns per cell, ${row.miB} MiB`);
      return row;
    }),
  );
  if (options.json) console.log(JSON.stringify({ threads: Number(options.threads), rows }));
}

if (options.scaling) scaling();
else compare();
