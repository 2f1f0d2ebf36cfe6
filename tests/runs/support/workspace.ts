/** @file A workspace with a dataset in it, and runs of the test pipeline. */
import { plainFormat } from '../../../src-main/data/analysis/raw-fixture.ts';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { recipeSchema } from '../../../src-preload/contract/index.ts';
import type { RunSummary } from '../../../src-preload/contract/index.ts';
import { createRunManager } from '../../../src-main/runs/manager.ts';
import type { RunManager, RunManagerDeps } from '../../../src-main/runs/manager.ts';
import { createEventBus } from '../../../src-main/workspace/event-bus.ts';
import { openWorkspace } from '../../../src-main/workspace/open.ts';
import type { NewDatasetVersion, NewRun, Workspace } from '../../../src-main/workspace/types.ts';
import type { Knobs } from './pipeline.ts';

export const pipelineModule = pathToFileURL(join(import.meta.dirname, 'pipeline.ts')).href;

export function exampleVersion(dataset = 'plant', content = 'a'): NewDatasetVersion {
  const hour = 3_600_000;
  return {
    version: {
      dataset,
      contentHash: content.repeat(64).slice(0, 64),
      source: { file: 'plant.csv', bytes: 1000, sha256: 'f'.repeat(64) },
      format: { ...plainFormat, dateFormat: 'dd/MM/yyyy HH:mm' },
      rows: 3,
      columns: [column('Usage_kWh', 'load', 'kWh'), column('Temp', 'covariate', '°C')],
      series: [],
      target: 'Usage_kWh',
      frequency: 'PT1H',
      timezone: 'UTC',
      stamps: 'beginning',
      start: 0,
      end: 2 * hour,
      repairs: [],
      warnings: [],
    },
    profile: {
      rows: 3,
      start: 0,
      end: 2 * hour,
      expectedRows: 3,
      gaps: [],
      gapSteps: 0,
      duplicates: 0,
      columns: [],
    },
    table: 'b'.repeat(64),
  };
}

const column = (name: string, kind: 'load' | 'covariate', unit: string) => ({
  name,
  kind,
  type: 'number' as const,
  unit,
  missing: 0,
  distinct: 3,
  min: 0,
  max: 1,
  mean: 0.5,
  std: 0.1,
  knownAhead: false,
  leakage: null,
});

export function exampleRun(knobs: Knobs = {}, more: Partial<NewRun> = {}, runtime: object = {}): NewRun {
  return {
    recipeName: 'linear_config.yaml',
    recipeText: '# a recipe\nmodel: { type: linear }\n',
    recipe: recipeSchema.parse({ model: { type: 'linear', params: { ...knobs } }, runtime }),
    dataset: 'plant',
    datasetVersion: 1,
    experiment: 'plant',
    tags: {},
    parentRunId: null,
    ...more,
  };
}

export interface Hosted {
  readonly workspace: Workspace;
  readonly manager: RunManager;
  readonly bus: ReturnType<typeof createEventBus>;
  /** waits for one run */
  over(run: RunSummary): Promise<RunSummary>;
  close(): Promise<void>;
}

/** What a shell does: open, wire, recover. */
export function host(folder: string, more: Partial<RunManagerDeps> = {}, parallelRuns = 2): Hosted {
  const workspace = openWorkspace(folder);
  workspace.addDatasetVersion(exampleVersion());
  workspace.setSettings({ parallelRuns });
  const bus = createEventBus();
  const manager = createRunManager({
    workspace,
    bus,
    cpuSlots: 2,
    pipelineModule,
    minFreeBytes: 1 << 20,
    ...more,
  });
  return {
    workspace,
    manager,
    bus,
    over: async (run) => (await manager.waitFor([run.id]))[0]!,
    close: async () => {
      await manager.close();
      workspace.close();
    },
  };
}
