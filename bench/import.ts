/**
 * @file Import of a large file against polars' own full read of it, in turn, in one process.
 *
 *   node bench/import.ts [--rows 1000000] [--runs 5] [--json]
 *
 * Polars reads eagerly (`readCSV`) and by its lazy scan (`scanCSV().collect`), types inferred and dates parsed.
 *   reading  ours: types, dates, what could not be read, series, hash of the file
 *   import   what a user waits for: the import service takes the file into a new workspace, with profile, warnings and
 *            repairs, as a stored version; its thread is warm as after a preview. `firstImportMs` includes its start.
 * `readRatio` and `importRatio` are medians over that of the scan; processor time (`cpuMs`, user and system, all threads)
 * is less moved by whatever else the machine does.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pl from 'nodejs-polars';
import { parseFile } from '../src-main/data/import/parse.ts';
import { randomSource } from '../src-main/data/sample/random.ts';
import { createImportService } from '../src-main/services/imports.ts';
import { createEventBus } from '../src-main/workspace/event-bus.ts';
import { openWorkspace } from '../src-main/workspace/open.ts';

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

interface Lap {
  readonly ms: number;
  readonly cpuMs: number;
}

async function lap(work: () => unknown): Promise<Lap> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await work();
  const ms = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];
const summary = (laps: readonly Lap[]) => ({
  ms: laps.map(({ ms }) => Math.round(ms)),
  medianMs: Math.round(median(laps.map(({ ms }) => ms))),
  cpuMs: Math.round(median(laps.map(({ cpuMs }) => cpuMs))),
});
const ratio = (one: { medianMs: number }, other: { medianMs: number }): number =>
  Number((one.medianMs / other.medianMs).toFixed(2));

/** Into a new workspace each time: the same content a second time is no import. */
async function importOnce(file: string, place: string): Promise<Lap> {
  const workspace = openWorkspace(place);
  const service = createImportService({ workspace, bus: createEventBus() });
  const taken = await lap(async () => {
    const version = await service.import(file, {});
    if (!version.created || version.rows !== rows) throw new Error(`imported ${version.rows} rows`);
  });
  workspace.close();
  rmSync(place, { recursive: true });
  return taken;
}

const folder = mkdtempSync(path.join(tmpdir(), 'voltcast-bench-'));
try {
  const file = path.join(folder, 'readings.csv');
  writeReadings(file, rows);
  const laps: Record<'read' | 'scan' | 'reading' | 'import', Lap[]> = {
    read: [],
    scan: [],
    reading: [],
    import: [],
  };
  const first = await importOnce(file, path.join(folder, 'first'));
  for (let run = 0; run < runs; run++) {
    laps.read.push(await lap(() => pl.readCSV(file, { tryParseDates: true, inferSchemaLength: 1000 })));
    laps.scan.push(
      await lap(() => pl.scanCSV(file, { parseDates: true, inferSchemaLength: 1000 }).collectSync()),
    );
    laps.reading.push(await lap(() => parseFile(file, {}, () => undefined)));
    laps.import.push(await importOnce(file, path.join(folder, `workspace-${run}`)));
  }
  const [read, scan, reading, imported] = [laps.read, laps.scan, laps.reading, laps.import].map(summary);
  const result = {
    rows,
    bytes: statSync(file).size,
    polarsRead: read,
    polarsScan: scan,
    reading,
    import: imported,
    firstImportMs: Math.round(first.ms),
    readRatio: ratio(reading, scan),
    importRatio: ratio(imported, scan),
    importCpuRatio: Number((imported.cpuMs / scan.cpuMs).toFixed(2)),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  if (flags.json) console.log(JSON.stringify(result));
  else {
    const line = (name: string, { ms, medianMs, cpuMs }: typeof read): string =>
      `${name.padEnd(12)} ${medianMs} ms (${ms.join(' ')}), processor ${cpuMs} ms`;
    console.log(
      [
        `${result.rows.toLocaleString('en')} rows, ${(result.bytes / 1e6).toFixed(0)} MB, peak memory ${result.peakMemoryMb} MB`,
        line('polars read', read),
        line('polars scan', scan),
        line('reading', reading),
        line('import', imported),
        `to polars' scan: reading ${result.readRatio}, import ${result.importRatio} (processor time ${result.importCpuRatio}); first import ${result.firstImportMs} ms`,
      ].join('\n'),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
