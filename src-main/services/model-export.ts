/**
 * @file A trained model as one file: in Voltcast's own format (everything another Voltcast needs to use it, and where it
 * came from), or its trees in the format of another library.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../src-preload/contract/index.ts';
import type { Output, ParsedInput, RunDetail } from '../../src-preload/contract/index.ts';
import { treeCount } from '../models/boosting/ensemble.ts';
import type { TreeEnsemble } from '../models/boosting/ensemble.ts';
import { writeModelFile } from '../models/boosting/interchange/formats.ts';
import type { MemberPart } from '../models/explain/parts.ts';
import type { Workspace } from '../workspace/types.ts';
import { exportCheckpoint } from './checkpoint-export.ts';
import type { ImportedModels } from './imported-models.ts';
import { columnOf } from './forecast-export.ts';
import { readBacktest } from './run-artifacts.ts';
import { backtestFeatures, readRunFrame, singlePart, treesOfPart } from './run-model.ts';
import { readTrainedModel } from './trained-model.ts';

export type ExportedModel = Output<'models.export'>;

export interface ModelExportService {
  /**
   * Files are written whole or not at all.
   *  - format `voltcast`: JSON of `format`, `version`, `run` (lineage and figures), `recipe` (text), `model` (as
   *    `final-model.json`), `intervals`;
   *  - format `chronos`: a folder, or a tar archive, see `checkpoint-export.ts`;
   *  - the others: the trees of the final model, see `interchange/formats.ts`.
   * @param input.out absolute path
   * @throws AppError `run-not-found`, `run-not-succeeded`, `model-missing`, `model-not-exportable`
   */
  export(input: ParsedInput<'models.export'> & { readonly out: string }): ExportedModel;
}

export function createModelExportService(deps: {
  readonly workspace: Workspace;
  readonly imported: ImportedModels;
}): ModelExportService {
  const { workspace, imported } = deps;
  return {
    export({ id, format, out, features }) {
      const known = imported.find(id);
      if (known !== null) {
        if (format === 'chronos') throw noCheckpoint(id);
        const to = format === 'voltcast' ? known.model.source.format : format;
        return { ...write(out, writeModelFile(known.ensemble, to)), features: null, notes: [] };
      }
      const run = workspace.getRun(id);
      if (format === 'chronos') return { ...exportCheckpoint(workspace, run, out), features: null };
      if (format === 'voltcast' && features === undefined)
        return { ...write(out, ownFormat(workspace, run)), features: null, notes: notesOnOwn(run) };
      const { final } = readTrainedModel(workspace, run);
      const part = singlePart(run, final.model);
      if (format === 'voltcast')
        return {
          ...write(out, ownFormat(workspace, run)),
          features: writeFeatures(workspace, run, part, features!),
          notes: [],
        };
      const trees = treesOfPart(run, part);
      return {
        ...write(out, writeModelFile(trees, format)),
        features: features === undefined ? null : writeFeatures(workspace, run, part, features),
        notes: notesOn(part, trees),
      };
    },
  };
}

const noCheckpoint = (name: string): AppError =>
  new AppError({
    code: 'model-not-exportable',
    message: `The imported model "${name}" is made of trees and is no checkpoint of Chronos-2.`,
    hint: 'Take another format.',
  });

const notesOnOwn = ({ modelType }: RunDetail): string[] =>
  modelType.startsWith('chronos')
    ? ['The weights of the network are not in this file; the format chronos holds those that a run trained.']
    : [];

function write(out: string, content: Uint8Array): { file: string; bytes: number } {
  mkdirSync(path.dirname(out), { recursive: true });
  writeFileAtomic.sync(out, Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  return { file: out, bytes: content.byteLength };
}

function ownFormat(workspace: Workspace, run: RunDetail): Uint8Array {
  const { final, intervals } = readTrainedModel(workspace, run);
  const { version } = workspace.getDatasetVersion(run.dataset, run.datasetVersion);
  return Buffer.from(
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
}

/** What Voltcast does around the trees, which the file cannot hold. */
function notesOn({ model }: MemberPart, trees: TreeEnsemble): string[] {
  const { nonNegative, spec } = model.state;
  return [
    `The file holds ${treeCount(trees)} trees over ${trees.features.length} features that Voltcast makes of the series; --features writes them.`,
    ...(nonNegative ? ['Voltcast sets predictions below 0 to 0; the file does not.'] : []),
    ...(trees.levels !== null && trees.levels.length > 1
      ? ['Voltcast sorts the quantiles of a row; the file does not.']
      : []),
    ...(spec.minLead === spec.maxLead
      ? ['Later steps are forecast over the predictions of earlier ones.']
      : []),
  ];
}

/**
 * CSV of the backtest as the exported model sees it: `time` (interval beginning, UTC), `origin`, the features, `actual`, and
 * what the trees give (`prediction`, or `p10`, `p50` … for quantiles). An empty cell is missing. RFC 4180.
 */
function writeFeatures(workspace: Workspace, run: RunDetail, part: MemberPart, out: string): string {
  const backtest = readBacktest(workspace, run);
  const frame = readRunFrame(workspace, run, 'clean.parquet');
  const { cells, features } = backtestFeatures(part, frame, backtest);
  const { regressor } = part.model.state;
  const levels = 'levels' in regressor ? (regressor.levels as readonly number[] | null) : null;
  const predicted =
    levels !== null && 'predictQuantiles' in regressor
      ? (regressor.predictQuantiles as (rows: typeof features) => Float64Array[])(features)
      : [regressor.predict(features)];
  const quote = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
  const given = predicted.length === 1 ? ['prediction'] : levels!.map(columnOf);
  const lines = [['time', 'origin', ...features.names, 'actual', ...given].map(quote).join(',')];
  const cell = (value: number): string => (Number.isFinite(value) ? String(value) : '');
  const stamp = (time: number): string => new Date(time).toISOString();
  cells.forEach((at, i) => {
    const values = features.columns.map((column) => cell(column[i]));
    const origin = stamp(backtest.originTime[Math.floor(at / backtest.plan.horizon)]);
    lines.push(
      [
        stamp(backtest.time[at]),
        origin,
        ...values,
        cell(backtest.actual[at]),
        ...predicted.map((p) => cell(p[i])),
      ].join(','),
    );
  });
  return write(out, Buffer.from(`${lines.join('\r\n')}\r\n`)).file;
}
