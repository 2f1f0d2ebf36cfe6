/** @file `voltcast import` and `voltcast datasets`. */
import path from 'node:path';
import type {
  DatasetVersion,
  ImportOptions,
  Output,
  Repair,
  Warning,
} from '../../../src-preload/contract/index.ts';
import { fromIsoDuration } from '../../data/time/resolution.ts';
import type { Session } from '../context.ts';
import { print, printJson, printTable, printWarnings, stamp } from '../output.ts';

export type ImportedVersion = Output<'datasets.import'>;

export function importFile(session: Session, file: string, options: ImportOptions): Promise<ImportedVersion> {
  const out = process.stderr;
  const stop = session.app.bus.on((event) => {
    if (event.type === 'import-progress' && out.isTTY && session.flags.json !== true)
      out.write(`\r\u001b[2K${Math.round(event.fraction * 100)} % ${event.message}`);
  });
  const place = path.resolve(file);
  // the first Ctrl-C gives the import up and leaves nothing of it; a second one ends the process
  const cancel = (): void => void session.app.imports.cancel(place);
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  return session.api.call('datasets.import', { file: place, options }).finally(() => {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    stop();
    if (out.isTTY && session.flags.json !== true) out.write('\r\u001b[2K');
  });
}

/** Whoever reads `warnings` alone learns of every finding, whether it was repaired or not. */
const repairAsWarning = ({ code, message, rows, applied, column, effect }: Repair): Warning => ({
  code,
  message,
  rows,
  ...(column === undefined ? {} : { column }),
  details: { repaired: applied, ...(effect === undefined ? {} : { effect }) },
});

/**
 * What programs get of an import; the keys are promised. `start` and `end` are stamps as the file writes them: for
 * interval-ending data one step after the beginning of the first and the last interval.
 */
export function versionForJson(version: DatasetVersion & { created?: boolean }): Record<string, unknown> {
  const { dataset, rows, columns, frequency, timezone, warnings } = version;
  const shift = version.stamps === 'ending' ? fromIsoDuration(frequency) : 0;
  return {
    dataset,
    version: version.version,
    rows,
    columns,
    frequency,
    timezone,
    start: new Date(version.start + shift).toISOString(),
    end: new Date(version.end + shift).toISOString(),
    warnings: [...warnings, ...version.repairs.map(repairAsWarning)],
    target: version.target,
    stamps: version.stamps,
    series: version.series,
    repairs: version.repairs,
    format: version.format,
    contentHash: version.contentHash,
    source: version.source,
    ...(version.created === undefined ? {} : { created: version.created }),
  };
}

function printVersion(version: ImportedVersion): void {
  print(
    `${version.dataset}, version ${version.version}${version.created ? '' : ' (already there: the same content)'}`,
  );
  print(
    `  ${version.rows.toLocaleString('en')} rows, ${version.frequency}, ${version.timezone}, ${stamp(version.start)} … ${stamp(version.end)} UTC`,
  );
  print(`  target ${version.target ?? '–'}`);
  for (const repair of version.repairs.filter((entry) => entry.applied))
    print(`  repaired: ${repair.message}`);
  printWarnings(version.warnings);
}

export async function importFiles(
  session: Session,
  files: readonly string[],
  options: ImportOptions,
): Promise<number> {
  const versions: ImportedVersion[] = [];
  for (const file of files) {
    const version = await importFile(session, file, options);
    versions.push(version);
    if (session.flags.json !== true) printVersion(version);
  }
  if (session.flags.json === true)
    printJson(
      versions.length === 1 && versions[0]
        ? versionForJson(versions[0])
        : { imports: versions.map(versionForJson) },
    );
  return 0;
}

export async function datasets(session: Session): Promise<number> {
  const list = await session.api.call('datasets.list', {});
  if (session.flags.json === true)
    printJson({
      datasets: list.map((entry) => ({
        ...versionForJson(entry.latest),
        name: entry.name,
        versions: entry.versions,
        runs: entry.runs,
      })),
    });
  else if (list.length === 0) print('No datasets yet. Import one: voltcast import FILE');
  else
    printTable(
      ['dataset', 'version', 'rows', 'step', 'zone', 'from', 'to', 'target', 'runs'],
      list.map(({ name, latest, runs }) => [
        name,
        latest.version,
        latest.rows,
        latest.frequency,
        latest.timezone,
        stamp(latest.start),
        stamp(latest.end),
        latest.target,
        runs,
      ]),
    );
  return 0;
}
