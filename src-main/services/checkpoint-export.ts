/** @file A Chronos-2 that a run trained further, as the folder (or tar archive) that chronos-forecasting and Voltcast itself open. */
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { create } from 'tar';
import { AppError } from '../../src-preload/contract/index.ts';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import { FittedTuned } from '../models/chronos/tuned.ts';
import type { TunedFileName } from '../models/chronos/tuned-files.ts';
import { reviveModel } from '../models/registry.ts';
import type { Workspace } from '../workspace/types.ts';
import { findModel } from './foundation/library.ts';
import { libraryFolders } from './foundation/open.ts';
import { readTrainedModel } from './trained-model.ts';

/** A folder with config.json and adapters is taken for adapters alone, so these have one of their own. */
const places: Readonly<Record<TunedFileName, string>> = {
  'model.safetensors': 'model.safetensors',
  'adapter_model.safetensors': 'adapter/adapter_model.safetensors',
  'adapter_config.json': 'adapter/adapter_config.json',
  // what makes a folder a model comes last
  'config.json': 'config.json',
};

const isArchive = (out: string): boolean => /\.(tar|tar\.gz|tgz)$/i.test(out);

/**
 * @param out absolute path of a folder, or of a .tar, .tar.gz or .tgz file
 * @throws AppError `run-not-succeeded`, `model-not-exportable`, `object-missing`, `object-corrupt`
 */
export function exportCheckpoint(
  workspace: Workspace,
  run: RunDetail,
  out: string,
): { readonly file: string; readonly bytes: number; readonly notes: string[] } {
  const { final } = readTrainedModel(workspace, run);
  const model = reviveModel(final.model);
  if (!(model instanceof FittedTuned) || model.state.files === null)
    throw new AppError({
      code: 'model-not-exportable',
      message: `Run ${run.id} has a model of type "${run.modelType}", which is no checkpoint of Chronos-2.`,
      hint: 'Export a run of chronos2_finetuned or chronos2_covariates, or take the format voltcast.',
      details: { modelType: run.modelType },
    });
  const { files } = model.state;
  mkdirSync(path.dirname(out), { recursive: true });
  const staging = mkdtempSync(path.join(path.dirname(out), '.voltcast-export-'));
  try {
    const kept = Object.entries(places).flatMap(([name, place]) => {
      const hash = files[name as TunedFileName];
      return hash === undefined ? [] : [{ place, source: workspace.objects.path(hash) }];
    });
    for (const { place, source } of kept) {
      mkdirSync(path.dirname(path.join(staging, place)), { recursive: true });
      copyFileSync(source, path.join(staging, place));
    }
    writeFileSync(path.join(staging, 'README.md'), card(run, model));
    const all = ['README.md', ...kept.map(({ place }) => place)];
    if (isArchive(out)) {
      const packed = path.join(staging, 'packed');
      create({ sync: true, cwd: staging, file: packed, portable: true, gzip: /gz$/i.test(out) }, all);
      renameSync(packed, out);
      return { file: out, bytes: statSync(out).size, notes: notesOn(model) };
    }
    const bytes = all.reduce((sum, place) => sum + statSync(path.join(staging, place)).size, 0);
    for (const place of all) {
      mkdirSync(path.dirname(path.join(out, place)), { recursive: true });
      renameSync(path.join(staging, place), path.join(out, place));
    }
    return { file: out, bytes, notes: notesOn(model) };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function notesOn({ state }: FittedTuned): string[] {
  return [
    `In Python: Chronos2Pipeline.from_pretrained(FOLDER), with context_length=${state.context} as in training; in Voltcast: voltcast models add FOLDER.`,
    ...(state.nonNegative ? ['Voltcast sets forecasts below 0 to 0; the checkpoint does not.'] : []),
    ...(state.files?.['adapter_config.json'] === undefined
      ? []
      : [
          `The folder adapter holds the adapters alone, for ${state.base.name}; they are merged into model.safetensors already.`,
        ]),
  ];
}

/** The model's card; the licence is that of the weights it was trained from, where it is known. */
function card(run: RunDetail, { state }: FittedTuned): string {
  const found = findModel(state.base.name, libraryFolders());
  const licence = found?.manifest?.licence?.id ?? null;
  const quoted = (names: readonly string[]): string =>
    names.map((name) => `\`${name}\``).join(', ') || 'none';
  return [
    '---',
    ...(licence === null ? [] : [`license: ${licence}`]),
    'library_name: chronos-forecasting',
    'pipeline_tag: time-series-forecasting',
    '---',
    '',
    `# ${state.base.name}, trained further with Voltcast`,
    '',
    `- base: ${state.base.name} (SHA-256 of its weights ${state.base.fingerprint})`,
    `- run ${run.id} (${run.recipe}) on ${run.dataset}, version ${run.datasetVersion}, ${state.steps} steps`,
    `- target \`${state.target}\`; past covariates: ${quoted(state.past)}; known covariates: ${quoted(state.known)}`,
    `- steps of the past that were read in training: ${state.context}`,
    '',
  ].join('\n');
}
