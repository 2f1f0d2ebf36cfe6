/**
 * @file A workspace with a made-up plant in it, and runs of the real pipeline inside this process: real store, real
 * Parquet, real models, without the seconds a process per run takes. The processes are tested in `tests/runs`.
 */
import { plainFormat } from '../../src-main/data/analysis/raw-fixture.ts';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnInfo, RunDetail, RunSummary, StepId } from '../../src-preload/contract/index.ts';
import { AppError } from '../../src-preload/contract/index.ts';
import type { Column, Frame } from '../../src-main/data/frame.ts';
import { writeTable } from '../../src-main/data/table-store.ts';
import { toIsoDuration } from '../../src-main/data/time/resolution.ts';
import { continuedRun } from '../../src-main/runs/continued-run.ts';
import { executeSteps, StepFailure } from '../../src-main/runs/process/execute.ts';
import { pipeline } from '../../src-main/runs/pipeline/pipeline.ts';
import { createTrainingService } from '../../src-main/services/training.ts';
import { considerChampion } from '../../src-main/services/champion.ts';
import { openWorkspace } from '../../src-main/workspace/open.ts';
import type { NewRun, Workspace } from '../../src-main/workspace/types.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { seeded } from '../support/series.ts';

const hourMs = 3_600_000;

export interface PlantOptions {
  readonly days?: number;
  readonly timezone?: string;
  readonly seed?: number;
  readonly dataset?: string;
  /** rows after the last reading in which the plan is known */
  readonly planned?: number;
  readonly change?: (frame: Frame) => Frame;
  readonly columns?: (columns: ColumnInfo[]) => ColumnInfo[];
  readonly target?: string | null;
}

/**
 * Hourly load of a plant with two shifts on weekdays (20 at rest, 60 and 90 in shifts, seeded noise), a plan that says
 * which shift, a temperature, and a CO2 column that is the load in other units.
 */
export function plantFrame(options: PlantOptions = {}): Frame {
  const { days = 42, timezone = 'UTC', seed = 1, planned = 0 } = options;
  const readings = days * 24;
  const rows = readings + planned;
  const random = seeded(seed);
  const start = Date.UTC(2024, 0, 1); // a Monday
  const time = Float64Array.from({ length: rows }, (_, i) => start + i * hourMs);
  const load = new Float64Array(rows).fill(Number.NaN);
  const co2 = new Float64Array(rows).fill(Number.NaN);
  const temperature = new Float64Array(rows).fill(Number.NaN);
  const shift = new Int32Array(rows);
  for (let i = 0; i < rows; i += 1) {
    const hour = i % 24;
    const weekend = Math.floor(i / 24) % 7 >= 5;
    shift[i] = weekend || hour < 6 || hour >= 22 ? 0 : hour < 14 ? 1 : 2;
    if (i >= readings) continue;
    temperature[i] = 10 + 5 * Math.sin((2 * Math.PI * (hour - 9)) / 24) + random();
    load[i] = [20, 60, 90][shift[i]!]! + 8 * (random() - 0.5) + 0.2 * temperature[i]!;
    co2[i] = load[i]! * 0.00042;
  }
  const columns: Column[] = [
    { name: 'load_kWh', type: 'number', unit: 'kWh', values: load },
    { name: 'temperature_C', type: 'number', unit: '°C', values: temperature },
    { name: 'co2_t', type: 'number', unit: 't', values: co2 },
    {
      name: 'shift',
      type: 'category',
      levels: ['early', 'late', 'rest'],
      codes: shift.map((s) => [2, 0, 1][s]!),
    },
  ];
  const frame: Frame = { time, resolutionMs: hourMs, timezone, columns };
  return options.change ? options.change(frame) : frame;
}

export interface Plant {
  readonly workspace: Workspace;
  /** queues runs as the app does, without starting processes */
  readonly training: ReturnType<typeof createTrainingService>;
  /** runs everything that is queued, here */
  execute(options?: {
    threads?: number;
    champion?: boolean;
    /** hears the parts that steps say they are in */
    heard?: (step: StepId, message: string) => void;
  }): Promise<RunDetail[]>;
  /** start and execute in one */
  train(
    recipes: readonly string[],
    more?: Partial<Parameters<ReturnType<typeof createTrainingService>['start']>[0]>,
  ): Promise<RunDetail[]>;
  addVersion(options: PlantOptions): void;
  close(): void;
}

export function openPlant(options: PlantOptions = {}): Plant {
  const folder = temporaryFolder('plant');
  const workspace = openWorkspace(folder);
  const addVersion = (more: PlantOptions): void => addPlant(workspace, folder, { ...options, ...more });
  addVersion({});
  const enqueue = (run: NewRun): RunSummary => workspace.createRun(run);
  const rerun = (id: string, edited?: { recipeText: string; recipe: NewRun['recipe'] }): RunSummary => {
    const { id: parentRunId, ...old } = workspace.getRunRequest(id);
    return workspace.createRun({ ...old, ...edited, parentRunId });
  };
  const training = createTrainingService({ workspace, manager: { enqueue, rerun } });
  const execute: Plant['execute'] = async ({ threads = 1, champion = true, heard } = {}) => {
    const done: RunDetail[] = [];
    for (const id of workspace.queuedRuns()) {
      await executeHere(workspace, id, threads, heard);
      const run = workspace.getRun(id);
      if (champion) considerChampion(workspace, run);
      done.push(workspace.getRun(id));
    }
    return done;
  };
  return {
    workspace,
    training,
    execute,
    addVersion,
    async train(recipes, more = {}) {
      const dataset = options.dataset ?? 'plant';
      training.start({ dataset, recipes: [...recipes], portfolio: false, set: {}, ...more });
      return execute();
    },
    close() {
      workspace.close();
      removeFolder(folder);
    },
  };
}

function addPlant(workspace: Workspace, folder: string, options: PlantOptions): void {
  const frame = plantFrame(options);
  const file = join(folder, 'import.parquet');
  writeTable([{ series: null, frame }], file);
  const table = workspace.objects.putFile(file);
  rmSync(file, { force: true });
  const info = (column: Column, kind: ColumnInfo['kind']): ColumnInfo => ({
    name: column.name,
    kind,
    type: column.type === 'number' ? 'number' : 'text',
    unit: column.type === 'number' ? column.unit : null,
    missing: 0,
    distinct: null,
    min: null,
    max: null,
    mean: null,
    std: null,
    knownAhead: false,
    leakage:
      column.name === 'co2_t' ? { r2: 0.9999, with: [], message: 'co2_t is load_kWh in other units.' } : null,
  });
  const kinds: Record<string, ColumnInfo['kind']> = { load_kWh: 'load', shift: 'category' };
  const columns = frame.columns.map((column) => info(column, kinds[column.name] ?? 'covariate'));
  const start = frame.time[0]!;
  const end = frame.time.at(-1)!;
  const rows = frame.time.length;
  workspace.addDatasetVersion({
    version: {
      dataset: options.dataset ?? 'plant',
      contentHash: table.hash,
      source: { file: 'plant.csv', bytes: 1, sha256: table.hash },
      format: { ...plainFormat, dateFormat: 'yyyy-MM-dd HH:mm' },
      rows,
      columns: options.columns ? options.columns(columns) : columns,
      series: [],
      target: options.target === undefined ? 'load_kWh' : options.target,
      frequency: toIsoDuration(frame.resolutionMs),
      timezone: frame.timezone,
      stamps: 'beginning',
      start,
      end,
      repairs: [],
      warnings: [],
    },
    profile: { rows, start, end, expectedRows: rows, gaps: [], gapSteps: 0, duplicates: 0, columns: [] },
    table: table.hash,
  });
}

async function executeHere(
  workspace: Workspace,
  id: string,
  threads: number,
  heard?: (step: StepId, message: string) => void,
): Promise<void> {
  const request = workspace.getRunRequest(id);
  const { version, profile, table } = workspace.getDatasetVersion(request.dataset, request.datasetVersion);
  const { attempt } = workspace.setRunStatus(id, 'running', { pid: process.pid });
  const spec = {
    runId: id,
    recipeName: request.recipeName,
    recipeText: request.recipeText,
    recipe: request.recipe,
    dataset: version,
    profile,
    table,
    threads,
    continued: continuedRun(workspace, request.recipe),
  };
  try {
    await executeSteps(pipeline, {
      spec,
      objects: workspace.objects,
      port: {
        send(message) {
          if (message.type === 'progress' && message.message !== null) heard?.(message.step, message.message);
          if (message.type === 'log')
            workspace.addLogs(id, [
              { at: message.at, step: message.step, attempt, level: message.level, message: message.message },
            ]);
        },
        findStep: (key) => Promise.resolve(workspace.findStep(key)),
        commit(message) {
          if (message.type === 'step-finished')
            workspace.finishStep({
              runId: id,
              attempt,
              step: message.step,
              record: message.record,
              artifacts: message.artifacts,
              result: message.result,
            });
          return Promise.resolve();
        },
      },
    });
    workspace.setRunStatus(id, 'succeeded');
  } catch (thrown) {
    if (!(thrown instanceof StepFailure)) throw thrown;
    workspace.putStep(id, attempt, thrown.step);
    workspace.setRunStatus(id, 'failed', { error: thrown.error });
  }
}

/** Text of a run's log, one line each. */
export const logOf = (workspace: Workspace, id: string): string =>
  workspace
    .getLogs(id, { after: 0, limit: 10_000 })
    .map((line) => `${line.level} ${line.step}: ${line.message}`)
    .join('\n');

export function artifactJson(workspace: Workspace, id: string, name: string): unknown {
  const artifact = workspace.findArtifact(id, name);
  if (!artifact) throw new AppError({ code: 'artifact-missing', message: `no ${name}` });
  return JSON.parse(new TextDecoder().decode(workspace.objects.get(artifact.hash)));
}
