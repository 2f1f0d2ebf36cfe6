/** @file A real workspace with runs that have been evaluated, made without the run engine. */
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runBacktest } from '../../src-main/metrics/backtest.ts';
import type { Backtest } from '../../src-main/metrics/backtest.ts';
import { scoreBacktest } from '../../src-main/metrics/baseline.ts';
import { calibrateOnTail } from '../../src-main/metrics/calibrate.ts';
import { encodeBacktest } from '../../src-main/metrics/codec.ts';
import { planSplit } from '../../src-main/metrics/split.ts';
import { openWorkspace } from '../../src-main/workspace/open.ts';
import type { Workspace } from '../../src-main/workspace/types.ts';
import type { Frame } from '../../src-main/data/frame.ts';
import type { DatasetVersion, RunSummary } from '../../src-preload/contract/index.ts';
import { datasetOf, profileOf } from './dataset.ts';
import { frameOf, normal, quietContext, random, recipeOf, slotMean, taskOf } from './frames.ts';

export const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Works by day on weekdays, idles otherwise; hourly. */
export function plantFrame(days = 70, seed = 4): Frame {
  const uniform = random(seed);
  return frameOf(
    Float64Array.from({ length: days * 24 }, (_, i) => {
      const working = Math.floor(i / 24) % 7 < 5 && i % 24 >= 7 && i % 24 < 19;
      return working ? 60 + 12 * normal(uniform) : 5 + 0.4 * Math.abs(normal(uniform));
    }),
  );
}

export function temporaryWorkspace(): Workspace {
  return openWorkspace(mkdtempSync(path.join(os.tmpdir(), 'voltcast-test-')));
}

export function addDataset(
  workspace: Workspace,
  frame: Frame,
  more: Partial<DatasetVersion> = {},
): DatasetVersion {
  const { hash } = workspace.objects.put(new TextEncoder().encode(`table of ${more.dataset ?? 'plant'}`));
  return workspace.addDatasetVersion({
    version: datasetOf(frame, more),
    profile: profileOf(frame),
    table: hash,
  }).version;
}

/** `season`: what the stand-in model averages over, 24 or 168 hours. */
export async function addEvaluatedRun(
  workspace: Workspace,
  dataset: DatasetVersion,
  frame: Frame,
  options: { season?: number; horizon?: number; recipeText?: string; recipeName?: string } = {},
): Promise<{ run: RunSummary; backtest: Backtest }> {
  const recipe = recipeOf({ forecast: { horizon: options.horizon ?? 24 } });
  const created = workspace.createRun({
    recipeName: options.recipeName ?? `slot-mean-${options.season ?? 168}.yaml`,
    recipeText: options.recipeText ?? 'model:\n  type: linear\n',
    recipe,
    dataset: dataset.dataset,
    datasetVersion: dataset.version,
    experiment: dataset.dataset,
    tags: {},
    parentRunId: null,
  });
  const plan = planSplit(frame, 'load', recipe);
  const task = taskOf(frame, recipe, plan.horizon);
  const estimator = slotMean(options.season ?? 168);
  const model = await estimator.fit(task, plan.trainEnd, quietContext);
  const calibration = await calibrateOnTail({ estimator, model, task, plan, context: quietContext });
  const backtest = await runBacktest({
    estimator,
    task,
    plan,
    model,
    calibration,
    levels: LEVELS,
    context: quietContext,
  });
  const score = scoreBacktest(backtest, frame);
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const outputs = [
    { name: 'backtest.bin', ...workspace.objects.put(encodeBacktest(backtest)) },
    {
      name: 'importance.json',
      ...workspace.objects.put(
        json([
          { name: 'lag_24', share: 0.7 },
          { name: 'hour', share: 0.3 },
        ]),
      ),
    },
    {
      name: 'curves.json',
      ...workspace.objects.put(json([{ name: 'train rmse', x: [1, 2], y: [3, null] }])),
    },
  ];
  workspace.putStep(created.id, created.attempt, {
    id: 'evaluate',
    status: 'succeeded',
    startedAt: 1,
    durationMs: 1,
    fraction: null,
    message: null,
    inputs: [],
    outputs,
    error: null,
  });
  workspace.setRunResult(created.id, {
    ...score,
    splitKey: plan.splitKey,
    horizon: plan.horizon,
    thresholds: [],
  });
  return { run: workspace.setRunStatus(created.id, 'succeeded'), backtest };
}
