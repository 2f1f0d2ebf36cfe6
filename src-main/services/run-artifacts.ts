/** @file What a finished run left behind, found by name and read back with the checks an older version's output deserves. */
import { z } from 'zod';
import { AppError } from '../../src-preload/contract/index.ts';
import type { ArtifactRef, Diagnostics, RunDetail } from '../../src-preload/contract/index.ts';
import { decodeBacktest } from '../metrics/codec.ts';
import type { Backtest } from '../metrics/backtest.ts';
import type { Workspace } from '../workspace/types.ts';

const importanceSchema = z.array(z.object({ name: z.string(), share: z.number() }));
const curvesSchema = z.array(
  z.object({ name: z.string(), x: z.array(z.number()), y: z.array(z.number().nullable()) }),
);

/** The newest output of that name over all steps. */
export function findArtifact(run: RunDetail, name: string): ArtifactRef | null {
  const outputs = run.steps.flatMap((step) => step.outputs);
  return (
    outputs.findLast((entry) => entry.name === name) ??
    run.artifacts.find((entry) => entry.name === name) ??
    null
  );
}

export function hasBacktest(run: RunDetail): boolean {
  return findArtifact(run, 'backtest.bin') !== null;
}

/** @throws {AppError} `run-not-evaluated` when the run has none, `object-missing` or `backtest-corrupt` from the store */
export function readBacktest(workspace: Workspace, run: RunDetail): Backtest {
  const artifact = findArtifact(run, 'backtest.bin');
  if (artifact === null)
    throw new AppError({
      code: 'run-not-evaluated',
      message: `Run ${run.id} (${run.recipe}) has no backtest: it is ${run.status}.`,
      hint:
        run.status === 'running' || run.status === 'queued' ? 'Wait until it has finished.' : 'Run it again.',
    });
  return decodeBacktest(workspace.objects.get(artifact.hash));
}

/** Shares, largest first; empty when the run has none or they cannot be read. */
export function readImportance(workspace: Workspace, run: RunDetail): Diagnostics['featureImportance'] {
  return readJson(workspace, run, 'importance.json', importanceSchema) ?? [];
}

/** Training curves; points that are not numbers are left out. */
export function readCurves(workspace: Workspace, run: RunDetail): Diagnostics['curves'] {
  const curves = readJson(workspace, run, 'curves.json', curvesSchema) ?? [];
  return curves.map(({ name, x, y }) => {
    const kept = [...x.keys()].filter((i) => typeof y[i] === 'number');
    return { name, x: kept.map((i) => x[i]), y: kept.map((i) => y[i] as number) };
  });
}

function readJson<T>(workspace: Workspace, run: RunDetail, name: string, schema: z.ZodType<T>): T | null {
  const artifact = findArtifact(run, name);
  if (artifact === null) return null;
  const text = new TextDecoder().decode(workspace.objects.get(artifact.hash));
  const parsed = schema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}
