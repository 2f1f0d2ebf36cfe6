/**
 * @file Import of a large file against polars' own full read of it, in turn, in one process.
 *
 *   node bench/import.ts [--rows 1000000] [--runs 5] [--json]
 *
 * Polars reads eagerly (`readCSV`) and by its lazy scan (`scanCSV().collect`), types inferred and dates parsed. Ours reads,
 * types, dates, counts what it could not read, looks for series and hashes the file. `ratio` and `ratioToScan` are the
 * median of ours over theirs.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pl from 'nodejs-polars';
import { parseFile } from '../src-main/data/import/parse.ts';
import { randomSource } from '../src-main/data/sample/random.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const rows = Number(flags.rows);
const runs = Number(flags.runs);

/** Quarter-hour readings: stamp, three numbers of different length, a category. */
function writeReadings(file: string, count: number): void {
  const random = randomSource(1);
  const handle = openSync(file, 'w');
  const two = (value: number): string => String(value).padStart(2, '0');
  const shifts = ['night', 'early', 'late'];
  let lines = ['timestamp,load_kw,temp_c,solar_kw,shift\n'];
  // the stamps start over after 30 years, so that every one is an ordinary date
  for (let i = 0; i < count; i++) {
    const date = new Date(Date.UTC(1995, 0, 1) + (i % 1_050_000) * 900_000);
    const stamp = `${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
    lines.push(
      `${stamp},${(random() * 500).toFixed(2)},${(random() * 40 - 10).toFixed(1)},${(random() * 100).toFixed(3)},${shifts[(i >> 5) % 3]}\n`,
    );
    if (lines.length >= 50_000) {
      writeSync(handle, lines.join(''));
      lines = [];
    }
  }
  writeSync(handle, lines.join(''));
  closeSync(handle);
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-bench-'));
try {
  const file = path.join(folder, 'readings.csv');
  writeReadings(file, rows);
  const polarsMs: number[] = [];
  const scanMs: number[] = [];
  const oursMs: number[] = [];
  let read = 0;
  for (let run = 0; run < runs; run++) {
    let begin = performance.now();
    const table = pl.readCSV(file, { tryParseDates: true, inferSchemaLength: 1000 });
    polarsMs.push(performance.now() - begin);
    begin = performance.now();
    pl.scanCSV(file, { parseDates: true, inferSchemaLength: 1000 }).collectSync();
    scanMs.push(performance.now() - begin);
    begin = performance.now();
    const ours = await parseFile(file, {}, () => undefined);
    oursMs.push(performance.now() - begin);
    read = ours.time.length;
    if (table.height !== read) throw new Error(`polars read ${table.height} rows, ours ${read}`);
  }
  const result = {
    rows: read,
    bytes: statSync(file).size,
    polarsMs: polarsMs.map(Math.round),
    polarsScanMs: scanMs.map(Math.round),
    oursMs: oursMs.map(Math.round),
    ratio: Number((median(oursMs) / median(polarsMs)).toFixed(2)),
    ratioToScan: Number((median(oursMs) / median(scanMs)).toFixed(2)),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  if (flags.json) console.log(JSON.stringify(result));
  else
    console.log(
      `${result.rows.toLocaleString('en')} rows, ${(result.bytes / 1e6).toFixed(0)} MB\n` +
        `polars read ${result.polarsMs.join(' ')} ms\npolars scan ${result.polarsScanMs.join(' ')} ms\nours        ${result.oursMs.join(' ')} ms\n` +
        `ratio ${result.ratio} to read, ${result.ratioToScan} to scan, peak memory ${result.peakMemoryMb} MB`,
    );
} finally {
  rmSync(folder, { recursive: true });
}
