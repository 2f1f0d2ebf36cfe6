/** @file Explanations of finished runs: computed once in a thread, kept by the content of what they were made of. */
import { createHash } from 'node:crypto';
import { AppError, explanationSchema } from '../../src-preload/contract/index.ts';
import type {
  Explanation,
  ParsedInput,
  RunDetail,
  StepExplanation,
} from '../../src-preload/contract/index.ts';
import { frameMetaSchema, parseArtifact } from '../runs/pipeline/artifacts.ts';
import type { Workspace } from '../workspace/types.ts';
import { explainInThread } from './explain-thread.ts';
import type { ExplainJob, StepRequest } from './explain-job.ts';
import { findArtifact } from './run-artifacts.ts';
import { readTrainedModel } from './trained-model.ts';

export interface ExplanationService {
  /**
   * The explanation of a run on its backtest; of two callers at once the second waits for the first's.
   * @throws AppError `run-not-evaluated`, `explain-cancelled`, `explain-failed`, `model-invalid`, `object-missing`
   */
  explain(runId: string): Promise<Explanation>;
  /** Ends a computation that is under way; nothing happens without one. */
  cancel(runId: string): void;
  /** @throws the same, and `explain-no-moment`, `explain-no-features`, `forecast-not-found` */
  explainStep(input: ParsedInput<'runs.explainStep'>): Promise<StepExplanation>;
  /** what was computed before; null when nothing was */
  stored(runId: string): Explanation | null;
  close(): void;
}

/** Counted up when the figures or their form change: what was kept is then computed anew. */
const version = 2;

interface Pending {
  readonly promise: Promise<Explanation>;
  readonly abort: AbortController;
}

export function createExplanationService(deps: { readonly workspace: Workspace }): ExplanationService {
  const { workspace } = deps;
  const pending = new Map<string, Pending>();
  const all = new AbortController();

  const kept = (key: string, runId: string): Explanation | null => {
    const hash = workspace.findStep(key)?.outputs[0]?.hash;
    if (hash === undefined || !workspace.objects.has(hash)) return null;
    const parsed = explanationSchema.safeParse(
      JSON.parse(new TextDecoder().decode(workspace.objects.get(hash))),
    );
    return parsed.success ? { ...parsed.data, runId } : null;
  };
  const compute = async (run: RunDetail, key: string, signal: AbortSignal): Promise<Explanation> => {
    const result = (await explainInThread(jobOf(workspace, run, null), signal)) as Explanation;
    if (!workspace.readOnly) {
      const artifact = {
        name: 'explanation.json',
        ...workspace.objects.put(new TextEncoder().encode(JSON.stringify(result))),
      };
      workspace.recordStep({ key, outputs: [artifact] });
      workspace.addArtifact(run.id, artifact);
    }
    return result;
  };

  return {
    async explain(runId) {
      const run = workspace.getRun(runId);
      const key = keyOf(run);
      const before = kept(key, runId);
      if (before !== null) return before;
      const running = pending.get(key);
      if (running !== undefined) return running.promise;
      const abort = new AbortController();
      const promise = compute(run, key, AbortSignal.any([abort.signal, all.signal])).finally(() =>
        pending.delete(key),
      );
      pending.set(key, { promise, abort });
      return promise;
    },
    cancel(runId) {
      pending.get(keyOf(workspace.getRun(runId)))?.abort.abort();
    },
    async explainStep({ id, t, forecastId }) {
      const run = workspace.getRun(id);
      const step: StepRequest = {
        t,
        forecast: forecastId === undefined ? null : ofForecast(workspace, run, forecastId),
      };
      return (await explainInThread(jobOf(workspace, run, step), all.signal)) as StepExplanation;
    },
    stored(runId) {
      return kept(keyOf(workspace.getRun(runId)), runId);
    },
    close: () => all.abort(),
  };
}

/** @throws AppError `run-not-evaluated` */
function part(run: RunDetail, name: string): string {
  const artifact = findArtifact(run, name);
  if (artifact !== null) return artifact.hash;
  const waits = run.status === 'running' || run.status === 'queued';
  throw new AppError({
    code: 'run-not-evaluated',
    message: `Run ${run.id} (${run.recipe}) has no ${name} to explain: it is ${run.status}.`,
    hint: waits ? 'Wait until it has finished.' : 'Run it again.',
  });
}

function keyOf(run: RunDetail): string {
  const parts = ['model.json', 'clean.parquet', 'backtest.bin'].map((name) => part(run, name));
  return `explain:${createHash('sha256')
    .update([version, ...parts].join())
    .digest('hex')}`;
}

function jobOf(workspace: Workspace, run: RunDetail, step: StepRequest | null): ExplainJob {
  const { objects } = workspace;
  const meta: unknown = JSON.parse(new TextDecoder().decode(objects.get(part(run, 'frame.json'))));
  return {
    runId: run.id,
    modelType: run.modelType,
    seed: workspace.getRunRequest(run.id).recipe.runtime.seed,
    model: objects.path(part(run, 'model.json')),
    table: objects.path(part(run, 'clean.parquet')),
    backtest: objects.path(part(run, 'backtest.bin')),
    meta: parseArtifact('frame.json', frameMetaSchema, meta),
    step,
  };
}

function ofForecast(workspace: Workspace, run: RunDetail, forecastId: string): StepRequest['forecast'] {
  const forecast = workspace.getForecast(forecastId);
  const { version: dataset, table } = workspace.getDatasetVersion(forecast.dataset, forecast.datasetVersion);
  return {
    table: workspace.objects.path(table),
    version: dataset,
    final: readTrainedModel(workspace, run).final,
    cleaning: workspace.getRunRequest(run.id).recipe.cleaning,
    origin: forecast.origin,
  };
}
