/** @file Entry of a run process: takes one run, does its steps, says how it ended, and ends. */
import path from 'node:path';
import { loadLine, watchLoad } from '../../devices/watch-load.ts';
import type { LoadWatch } from '../../devices/watch-load.ts';
import { createObjectStore } from '../../workspace/object-store.ts';
import type { StepDefinition } from '../step.ts';
import { keepDeviceTrials } from './device-trials.ts';
import { executeSteps, explain, StepFailure } from './execute.ts';
import { openPort } from './port.ts';
import { openTrainingStates } from './training-states.ts';
import { endWithParent } from './watchdog.ts';

const port = openPort();
let load: LoadWatch | null = null;

/** How busy the machine was, once it was looked at. */
function sayLoad(): void {
  const summary = load?.summary() ?? null;
  load?.stop();
  load = null;
  if (summary !== null)
    port.send({
      type: 'log',
      at: Date.now(),
      step: null,
      level: 'info',
      message: `Load: ${loadLine(summary)}`,
    });
}

async function loadPipeline(module: string | null): Promise<readonly StepDefinition[]> {
  const loaded = (
    module === null ? await import('../pipeline/pipeline.ts') : await import(/* @vite-ignore */ module)
  ) as { pipeline: readonly StepDefinition[] };
  return loaded.pipeline;
}

async function fail(thrown: unknown): Promise<never> {
  const { step, error } = thrown instanceof StepFailure ? thrown : { step: null, error: explain(thrown) };
  // the code alone says little about a fault of ours: its place goes to the log
  if (error.code === 'internal' && thrown instanceof Error)
    port.send({
      type: 'log',
      at: Date.now(),
      step: step?.id ?? null,
      level: 'error',
      message: String((thrown.cause as Error | undefined)?.stack ?? thrown.stack),
    });
  sayLoad();
  await port.commit({ type: 'failed', step, error }).catch(() => undefined);
  process.exit(1);
}

// an error outside the awaited path (a worker's event, a forgotten promise) ends the run with its reason
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (error) => void fail(error));

const start = await port.started;
endWithParent(start.parentPid);
try {
  load = watchLoad({ card: start.spec.recipe.runtime.device !== 'cpu' });
  const pipeline = await loadPipeline(start.pipelineModule);
  const workspace = path.dirname(start.objectsFolder);
  await executeSteps(pipeline, {
    spec: start.spec,
    objects: createObjectStore(start.objectsFolder),
    port,
    deviceTrials: keepDeviceTrials(path.join(workspace, 'device-trials.json')),
    trainingStates: openTrainingStates(path.join(workspace, 'training')),
  });
  sayLoad();
  await port.commit({ type: 'succeeded' });
  process.exit(0);
} catch (error) {
  await fail(error);
}
