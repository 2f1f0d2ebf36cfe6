/** @file Importing files into the workspace, and reading stored columns back for charts. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../src-preload/contract/index.ts';
import type {
  DatasetVersion,
  Heatmap,
  ImportOptions,
  ImportPreview,
  Output,
  ParsedInput,
  SeriesChart,
} from '../../src-preload/contract/index.ts';
import { decimate } from '../data/charts/decimate.ts';
import { heatmap } from '../data/charts/heatmap.ts';
import { readTable } from '../data/table-store.ts';
import { fromIsoDuration } from '../data/time/resolution.ts';
import type { EventBus, Workspace } from '../workspace/types.ts';
import { createColumnCache } from './column-cache.ts';
import type { CachedColumn } from './column-cache.ts';
import type { ImportJob, ImportResult } from './import-job.ts';
import { assumptions, requireAnswers, requireTable } from './import-questions.ts';
import { importInThread } from './import-thread.ts';

export type ImportedVersion = Output<'datasets.import'>;

export interface ImportService {
  preview(file: string, options: ImportOptions): Promise<ImportPreview>;
  import(file: string, options: ImportOptions): Promise<ImportedVersion>;
  /** the synthetic steel plant */
  importSample(): Promise<ImportedVersion>;
  /**
   * Gives up what is being previewed or imported from the file: those calls fail with `import-cancelled`, and nothing of
   * them is left. Too late for an import that is being stored.
   */
  cancel(file: string): Promise<void>;
  series(input: ParsedInput<'datasets.series'>): SeriesChart;
  heatmap(input: ParsedInput<'datasets.heatmap'>): Heatmap;
}

interface Running {
  readonly file: string;
  readonly abort: AbortController;
  readonly result: Promise<ImportResult>;
}

/** beginning of the names of what an import leaves in the workspace while it runs */
const TEMPORARY = 'import-';
const SAMPLE_SEED = 2018;
const SAMPLE_NAME = 'steel_sample';

export function createImportService(deps: { workspace: Workspace; bus: EventBus }): ImportService {
  const { workspace, bus } = deps;
  const cache = createColumnCache();

  const running = new Set<Running>();
  if (!workspace.readOnly) removeLeftovers(workspace);

  async function run(job: ImportJob, shown: string): Promise<ImportResult> {
    const abort = new AbortController();
    const result = importInThread(
      job,
      (fraction, message) => bus.emit({ type: 'import-progress', file: shown, fraction, message }),
      abort.signal,
    );
    const entry: Running = { file: job.file, abort, result };
    running.add(entry);
    try {
      return await result;
    } finally {
      running.delete(entry);
    }
  }

  async function bring(
    file: string,
    options: ImportOptions,
    sampleSeed: number | null,
  ): Promise<ImportedVersion> {
    const shown = sampleSeed === null ? file : path.basename(file);
    requireWritable(workspace);
    const name = options.name === undefined ? datasetNameOf(shown) : checkName(options.name);
    const tableFile = temporaryFile(workspace, 'parquet');
    try {
      const result = await run({ file, options, tableFile, sampleSeed }, shown);
      requireAnswers(result.preview);
      requireTable(result);
      const table = workspace.objects.putFile(tableFile, result.table!);
      const stored = workspace.addDatasetVersion({
        version: versionOf(result, name, shown),
        profile: result.preview.profile!,
        table: table.hash,
      });
      const version = withTarget(workspace, stored.version, options.target);
      bus.emit({ type: 'import-progress', file: shown, fraction: 1, message: 'Imported' });
      bus.emit({ type: 'dataset', dataset: name });
      return { ...version, created: stored.created };
    } finally {
      rmSync(tableFile, { force: true });
    }
  }

  function read(input: { dataset: string; version?: number; column: string; series?: string }) {
    const { version, table } = workspace.getDatasetVersion(input.dataset, input.version);
    const info = numberColumn(version, input.column);
    const resolutionMs = fromIsoDuration(version.frequency);
    const column = cache.get(`${table}|${input.series ?? ''}|${input.column}`, (): CachedColumn => {
      const frame = readTable(
        workspace.objects.path(table),
        { series: input.series ?? null, columns: [input.column] },
        { resolutionMs, timezone: version.timezone, units: { [input.column]: info.unit } },
      );
      const [stored] = frame.columns;
      // A column that holds no reading at all is stored without a type.
      const values = stored.type === 'number' ? stored.values : new Float64Array(frame.time.length).fill(NaN);
      return { time: frame.time, values };
    });
    return { version, unit: info.unit, resolutionMs, column };
  }

  return {
    async preview(file, options) {
      requireFile(file);
      const { preview } = await run({ file, options, tableFile: null, sampleSeed: null }, file);
      bus.emit({ type: 'import-progress', file, fraction: 1, message: 'Read' });
      return preview;
    },
    async import(file, options) {
      requireSpace(workspace, requireFile(file), file);
      return await bring(file, options, null);
    },
    async cancel(file) {
      const given = [...running].filter((entry) => entry.file === file);
      for (const { abort } of given) abort.abort();
      await Promise.allSettled(given.map(({ result }) => result));
    },
    async importSample() {
      const folder = path.join(workspace.path, 'tmp', `${TEMPORARY}${randomUUID()}`);
      requireWritable(workspace);
      mkdirSync(folder, { recursive: true });
      try {
        return await bring(path.join(folder, `${SAMPLE_NAME}.csv`), { name: SAMPLE_NAME }, SAMPLE_SEED);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    series(input) {
      const { unit, resolutionMs, column } = read(input);
      const { time, values } = column;
      const from = input.from ?? -Infinity;
      const to = input.to ?? Infinity;
      return { column: input.column, unit, ...decimate(time, values, resolutionMs, from, to, input.points) };
    },
    heatmap(input) {
      const { unit, resolutionMs, column, version } = read(input);
      return { ...heatmap(column.time, column.values, resolutionMs, version.timezone), unit };
    },
  };
}

function versionOf(
  { preview, sha256, contentHash }: ImportResult,
  dataset: string,
  file: string,
): Omit<DatasetVersion, 'version' | 'importedAt'> {
  return {
    dataset,
    contentHash: contentHash!,
    source: { file, bytes: preview.bytes, sha256 },
    format: preview.format,
    rows: preview.rows,
    columns: preview.columns,
    series: preview.series,
    target: preview.target,
    frequency: preview.frequency!,
    timezone: preview.timezone ?? 'UTC',
    stamps: preview.stamps,
    start: preview.start!,
    end: preview.end!,
    repairs: preview.repairs,
    warnings: [...preview.warnings, ...assumptions(preview)],
  };
}

/** The same content under another target is the same version; what the user asked for holds all the same. */
function withTarget(
  workspace: Workspace,
  version: DatasetVersion,
  target: string | undefined,
): DatasetVersion {
  if (target === undefined || version.target === target) return version;
  return workspace.setTarget(version.dataset, target);
}

function numberColumn(version: DatasetVersion, name: string): DatasetVersion['columns'][number] {
  const info = version.columns.find((column) => column.name === name);
  const numbers = version.columns
    .filter((column) => column.type === 'number' || column.type === 'boolean')
    .map((column) => column.name);
  if (info !== undefined && numbers.includes(name)) return info;
  throw new AppError({
    code: info === undefined ? 'column-not-found' : 'column-not-numeric',
    message:
      info === undefined
        ? `Dataset '${version.dataset}' has no column '${name}'.`
        : `The column '${name}' holds no numbers, so it has no curve.`,
    hint: `Columns with numbers: ${numbers.join(', ')}.`,
    place: { column: name },
  });
}

/** @returns size in bytes */
function requireFile(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined)
    throw new AppError({
      code: 'file-not-found',
      message: `There is no file ${file}.`,
      hint: 'Check the path; a file that is being synchronised may not be there yet.',
      place: { file },
    });
  if (!found.isFile())
    throw new AppError({
      code: 'not-a-file',
      message: `${file} is a folder, not a file of readings.`,
      hint: 'Name a CSV, TSV or Parquet file.',
      place: { file },
    });
  return found.size;
}

function requireWritable(workspace: Workspace): void {
  if (!workspace.readOnly) return;
  throw new AppError({
    code: 'workspace-read-only',
    message: 'This workspace is open read-only, so nothing can be imported.',
    hint: workspace.ownerPid === null ? undefined : `Process ${workspace.ownerPid} has it open for writing.`,
  });
}

/** The table, its temporary copy and the database's log together stay below three times a text file. */
function requireSpace(workspace: Workspace, bytes: number, file: string): void {
  const free = workspace.freeBytes();
  if (free === null || free >= 3 * bytes) return;
  const megabytes = (value: number): string => `${Math.ceil(value / 1e6).toLocaleString('en-US')} MB`;
  throw new AppError({
    code: 'disk-full',
    message: `Importing ${path.basename(file)} needs about ${megabytes(3 * bytes)} of free space, and there are ${megabytes(free)}.`,
    hint: `Free some space where the workspace lies (${workspace.path}), or use another workspace.`,
    place: { file },
    details: { freeBytes: free, neededBytes: 3 * bytes },
  });
}

/** In the workspace, so that moving it among the objects is a rename. */
function temporaryFile(workspace: Workspace, extension: string): string {
  const folder = path.join(workspace.path, 'tmp');
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${TEMPORARY}${randomUUID()}.${extension}`);
}

/** What a killed process left of its imports. There is one writer, and it has just begun. */
function removeLeftovers(workspace: Workspace): void {
  const folder = path.join(workspace.path, 'tmp');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (name.startsWith(TEMPORARY)) rmSync(path.join(folder, name), { recursive: true, force: true });
}

/** `Planta Norte 2024.csv.gz` → `planta-norte-2024` */
export function datasetNameOf(file: string): string {
  const base = path.basename(file).replace(/(\.(csv|tsv|txt|dat|parquet|pq|gz))+$/i, '');
  const slug = base
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return slug === '' ? 'dataset' : slug.slice(0, 80);
}

function checkName(name: string): string {
  const trimmed = name.trim();
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._()+-]{0,99}$/u.test(trimmed)) return trimmed;
  throw new AppError({
    code: 'bad-dataset-name',
    message: `'${name}' cannot be the name of a dataset.`,
    hint: 'Use letters, digits, spaces and . _ - ( ) +, at most 100, beginning with a letter or digit.',
    place: { key: 'name' },
  });
}
