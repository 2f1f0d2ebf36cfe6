/** @file A trained model as one file: everything another Voltcast needs to use it, and where it came from. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Workspace } from '../workspace/types.ts';
import { readTrainedModel } from './trained-model.ts';

export interface ModelExportService {
  /**
   * JSON: `format`, `version`, `run` (lineage and figures), `recipe` (text), `model` (as `final-model.json`),
   * `intervals`. Written whole or not at all.
   * @param out absolute path
   * @throws AppError `run-not-found`, `run-not-succeeded`, `model-missing`
   */
  export(runId: string, out: string): { file: string; bytes: number };
}

export function createModelExportService(deps: { readonly workspace: Workspace }): ModelExportService {
  const { workspace } = deps;
  return {
    export(runId, out) {
      const run = workspace.getRun(runId);
      const { final, intervals } = readTrainedModel(workspace, run);
      const { version } = workspace.getDatasetVersion(run.dataset, run.datasetVersion);
      const content = Buffer.from(
        JSON.stringify({
          format: 'voltcast-model-file',
          version: 1,
          run: {
            id: run.id,
            recipe: run.recipe,
            modelType: run.modelType,
            experiment: run.experiment,
            dataset: run.dataset,
            datasetVersion: run.datasetVersion,
            contentHash: version.contentHash,
            createdAt: run.createdAt,
            splitKey: run.splitKey,
            metrics: run.metrics,
            skill: run.skill,
            baseline: run.baseline,
          },
          recipe: run.recipeText,
          model: final,
          intervals,
        }),
      );
      mkdirSync(path.dirname(out), { recursive: true });
      writeFileAtomic.sync(out, content);
      return { file: out, bytes: content.byteLength };
    },
  };
}
