/** @file The trees inside a run's model, and the rows of its backtest as they see them. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { RunDetail } from '../../src-preload/contract/index.ts';
import type { Frame } from '../data/frame.ts';
import { readTable } from '../data/table-store.ts';
import type { Backtest } from '../metrics/backtest.ts';
import { eachCell } from '../metrics/split.ts';
import type { TreeEnsemble } from '../models/boosting/ensemble.ts';
import type { FeatureMatrix } from '../models/estimator.ts';
import { cellFeatures } from '../models/explain/cells.ts';
import { isCorrection, partsOf } from '../models/explain/parts.ts';
import type { MemberPart } from '../models/explain/parts.ts';
import { frameMetaSchema, parseArtifact } from '../runs/pipeline/artifacts.ts';
import type { Workspace } from '../workspace/types.ts';
import { findArtifact } from './run-artifacts.ts';

/**
 * The one feature model of a run.
 * @param json of the model: `final-model.json`'s, or `model.json`
 * @throws AppError `model-not-exportable` for blends and models without features
 */
export function singlePart(run: RunDetail, json: unknown): MemberPart {
  const model = partsOf(json);
  const parts = model?.parts ?? null;
  const single = parts?.length === 1 && model?.intercept === 0 ? parts[0] : undefined;
  if (single?.weight === 1 && !isCorrection(single)) return single;
  throw new AppError({
    code: 'model-not-exportable',
    message:
      parts === null
        ? `Run ${run.id} has a model of type "${run.modelType}", which is not made of trees over features.`
        : `Run ${run.id} is a blend of ${parts.length} models, and other libraries hold one.`,
    hint:
      parts === null
        ? 'Export it in the format voltcast, or export a run of xgboost, lightgbm, catboost or a forest.'
        : 'Export the runs of its members one by one, or the blend in the format voltcast.',
    details: { modelType: run.modelType },
  });
}

/** @throws AppError `model-not-exportable` for models that are not trees */
export function treesOfPart(run: RunDetail, { model }: MemberPart): TreeEnsemble {
  const trees = model.state.regressor.ensemble;
  if (trees !== undefined) return trees;
  throw new AppError({
    code: 'model-not-exportable',
    message: `Run ${run.id} has a model of type "${run.modelType}", which has no trees.`,
    hint: 'Export it in the format voltcast, or export a run of xgboost, lightgbm, catboost or a forest.',
    details: { modelType: run.modelType },
  });
}

/** @throws AppError `artifact-unreadable`, `run-not-evaluated` */
export function readRunJson(workspace: Workspace, run: RunDetail, name: string): unknown {
  return JSON.parse(new TextDecoder().decode(workspace.objects.get(hashOf(run, name))));
}

/** `frame.parquet` (as measured) or `clean.parquet` (the target cleaned, what models see). */
export function readRunFrame(
  workspace: Workspace,
  run: RunDetail,
  name: 'frame.parquet' | 'clean.parquet',
): Frame {
  const meta = parseArtifact('frame.json', frameMetaSchema, readRunJson(workspace, run, 'frame.json'));
  return readTable(workspace.objects.path(hashOf(run, name)), {}, meta);
}

function hashOf(run: RunDetail, name: string): string {
  const artifact = findArtifact(run, name);
  if (artifact !== null) return artifact.hash;
  throw new AppError({
    code: 'run-not-evaluated',
    message: `Run ${run.id} (${run.recipe}) has no ${name}: it is ${run.status}.`,
    hint: 'Wait until it has finished, or run it again.',
  });
}

/** Feature rows of every prediction of a backtest, in its order; rows beyond the frame are left out. */
export function backtestFeatures(
  part: MemberPart,
  frame: Frame,
  backtest: Backtest,
): { readonly cells: Int32Array; readonly features: FeatureMatrix } {
  const { plan } = backtest;
  const cells: number[] = [];
  const origin: number[] = [];
  const target: number[] = [];
  eachCell(plan, (cell, row) => {
    if (row >= frame.time.length) return;
    cells.push(cell);
    origin.push(plan.origins[Math.floor(cell / plan.horizon)]);
    target.push(row);
  });
  const features = cellFeatures(part, frame, {
    origin: Int32Array.from(origin),
    target: Int32Array.from(target),
  });
  return { cells: Int32Array.from(cells), features };
}
