/**
 * @file Prediction with models of XGBoost, LightGBM and CatBoost, in them and in Voltcast: the same model file, the same rows,
 * the same number of threads, each in a process of its own.
 *
 *   npm run bench -- prediction [--json] [--threads 2] [--rounds 300] [--repeats 15] [--batches 7008,175200]
 *                               [--policies xgboost,lightgbm,catboost] [--python PATH]
 *
 * `seconds` is the median over the repeats (four times as many below 20,000 rows, so that threads that start after some calls
 * count as what they are) of one call with the batch in memory, `firstSeconds` the very first call of the
 * process (ours compiles its kernel in it); `rowMicroseconds` the median of 1000 calls with one row each, by the original's
 * Python interface and by `Predictor.row`. `difference` is the largest relative one between the predictions of both.
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
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '300' },
    repeats: { type: 'string', default: '15' },
    batches: { type: 'string', default: '7008,175200' },
    policies: { type: 'string', default: 'xgboost,lightgbm,catboost' },
    python: { type: 'string', default: process.env.VOLTCAST_PEERS ?? 'python3' },
  },
});
const columns = 15;
const trainRows = 35_040;

interface Timed {
  readonly batches: readonly { rows: number; first: number; seconds: number; best: number }[];
  readonly rowMicroseconds: number;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const run = <T>(command: string, args: readonly string[]): T =>
  JSON.parse(execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as T;

function versionsOfPeers(): Record<string, string> {
  try {
    return run(options.python, [here('peers/prediction.py'), '--versions']);
  } catch {
    console.error(
      `The libraries to compare with are not there. Install them and say where:\n` +
        `  python3 -m venv .venv && .venv/bin/pip install xgboost lightgbm catboost\n` +
        `  npm run bench -- prediction --python .venv/bin/python`,
    );
    process.exit(2);
  }
}

const versions = versionsOfPeers();
const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-prediction-'));
try {
  const batches = options.batches.split(',').map(Number);
  const train = boostingTable(trainRows, columns, 1);
  writeFileSync(path.join(folder, 'train.f32'), rowMajor(train));
  writeFileSync(path.join(folder, 'train-y.f32'), train.target);
  for (const rows of batches)
    writeFileSync(path.join(folder, `batch-${rows}.f32`), rowMajor(boostingTable(rows, columns, 2)));
  writeFileSync(path.join(folder, 'shape.json'), JSON.stringify({ columns, batches }));

  const rows = options.policies.split(',').flatMap((policy) => {
    const { rounds, threads, repeats } = options;
    const peer = run<Timed>(options.python, [
      here('peers/prediction.py'),
      folder,
      policy,
      rounds,
      threads,
      repeats,
    ]);
    const own = run<Timed & { readonly difference: number }>(process.execPath, [
      ...process.execArgv,
      ...[here('lib/prediction-run.ts'), folder, policy, threads, repeats],
    ]);
    return peer.batches.map((theirs, b) => {
      const ours = own.batches[b];
      const row = {
        rows: theirs.rows,
        policy,
        peerVersion: versions[policy],
        peerSeconds: Number(theirs.seconds.toFixed(5)),
        seconds: Number(ours.seconds.toFixed(5)),
        speedup: Number((theirs.seconds / ours.seconds).toFixed(2)),
        bestSpeedup: Number((theirs.best / ours.best).toFixed(2)),
        peerFirstSeconds: Number(theirs.first.toFixed(5)),
        firstSeconds: Number(ours.first.toFixed(5)),
        peerRowMicroseconds: Number(peer.rowMicroseconds.toFixed(1)),
        rowMicroseconds: Number(own.rowMicroseconds.toFixed(1)),
        difference: own.difference,
      };
      if (!options.json)
        console.log(
          `${row.rows} rows, ${policy} ${row.peerVersion}: ${row.peerSeconds} s, ours ${row.seconds} s (x ${row.speedup}, ` +
            `best x ${row.bestSpeedup}); first call ${row.peerFirstSeconds} s, ours ${row.firstSeconds} s; ` +
            `one row ${row.peerRowMicroseconds} us, ours ${row.rowMicroseconds} us; differ by ${row.difference.toExponential(1)}`,
        );
      return row;
    });
  });
  if (options.json)
    console.log(JSON.stringify({ threads: Number(options.threads), rounds: Number(options.rounds), rows }));
} finally {
  rmSync(folder, { recursive: true });
}
