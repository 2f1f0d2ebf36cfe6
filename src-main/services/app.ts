/** @file Everything the app does, wired over one workspace. Each shell makes one of these and calls it through the API. */
import os from 'node:os';
import path from 'node:path';
import type { RunSummary } from '../../src-preload/contract/index.ts';
import { createRunManager } from '../runs/manager.ts';
import type { RunManager } from '../runs/manager.ts';
import type { ProcessHost } from '../runs/process-host.ts';
import { createEventBus } from '../workspace/event-bus.ts';
import { openWorkspace } from '../workspace/open.ts';
import type { EventBus, Workspace } from '../workspace/types.ts';
import { considerChampion } from './champion.ts';
import { createComparisonService } from './comparison.ts';
import { createEnsemblingService } from './ensembling.ts';
import { createExplanationService } from './explanations.ts';
import { createForecastService } from './forecasts.ts';
import { libraryFolders } from './foundation/open.ts';
import { createFoundationService } from './foundation/service.ts';
import type { FoundationService } from './foundation/service.ts';
import { createImportService } from './imports.ts';
import { createImportedModels } from './imported-models.ts';
import type { ImportedModels } from './imported-models.ts';
import { createModelExportService } from './model-export.ts';
import { createReportService } from './reports.ts';
import { createTrainingService } from './training.ts';

export interface AppOptions {
  readonly workspacePath: string;
  readonly mode: 'electron' | 'browser' | 'cli';
  readonly version: string;
  /** read only, whether or not another instance writes */
  readonly readOnly?: boolean;
  /** prints a self-contained HTML page to a PDF file */
  readonly printPdf: (html: string, out: string) => Promise<void>;
  /** how run processes are started; default: child processes of Node */
  readonly processHost?: ProcessHost;
}

export interface App {
  readonly options: AppOptions;
  readonly workspace: Workspace;
  readonly bus: EventBus;
  readonly manager: RunManager;
  readonly imports: ReturnType<typeof createImportService>;
  readonly training: ReturnType<typeof createTrainingService>;
  readonly ensembling: ReturnType<typeof createEnsemblingService>;
  readonly forecasts: ReturnType<typeof createForecastService>;
  readonly explanations: ReturnType<typeof createExplanationService>;
  readonly comparison: ReturnType<typeof createComparisonService>;
  readonly reports: ReturnType<typeof createReportService>;
  readonly importedModels: ImportedModels;
  readonly foundation: FoundationService;
  readonly modelExport: ReturnType<typeof createModelExportService>;
  /** the user's own recipes */
  readonly recipesFolder: string;
  /** files made for downloads and reports without a chosen place */
  readonly exportsFolder: string;
  close(): Promise<void>;
}

export const physicalCores = (): number => Math.max(1, os.availableParallelism());

/**
 * Opens the workspace and wires the services. A writer takes back runs whose process is gone (they become
 * `interrupted`) before anything else can happen.
 * @throws AppError `workspace-locked` when another instance writes and `readOnly` is not set
 */
export function createApp(options: AppOptions): App {
  const workspace = openWorkspace(options.workspacePath, { readOnly: options.readOnly ?? false });
  const bus = createEventBus();
  const manager = createRunManager({
    workspace,
    bus,
    cpuSlots: physicalCores(),
    ...(options.processHost === undefined ? {} : { processHost: options.processHost }),
    onSucceeded(run: RunSummary) {
      if (considerChampion(workspace, run))
        bus.emit({ type: 'champion', experiment: run.experiment, runId: run.id });
    },
  });
  if (!workspace.readOnly) manager.recoverOrphans();
  const importedModels = createImportedModels(path.join(workspace.path, 'models'));
  const foundation = createFoundationService({
    folders: libraryFolders(),
    version: options.version,
    settings: () => workspace.getSettings(),
    emit: (event) => bus.emit(event),
  });
  const explanations = createExplanationService({ workspace });
  const training = createTrainingService({ workspace, manager });
  return {
    options,
    workspace,
    bus,
    manager,
    imports: createImportService({ workspace, bus }),
    training,
    ensembling: createEnsemblingService({ workspace, training }),
    forecasts: createForecastService({ workspace }),
    explanations,
    comparison: createComparisonService({ workspace }),
    reports: createReportService({
      workspace,
      printPdf: options.printPdf,
      version: options.version,
    }),
    importedModels,
    foundation,
    modelExport: createModelExportService({ workspace, imported: importedModels }),
    recipesFolder: path.join(workspace.path, 'recipes'),
    exportsFolder: path.join(workspace.path, 'exports'),
    async close() {
      explanations.close();
      foundation.close();
      await manager.close();
      workspace.close();
    },
  };
}
