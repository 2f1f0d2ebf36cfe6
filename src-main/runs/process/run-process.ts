/** @file Entry of a run process: takes one run, does its steps, says how it ended, and ends. */
import path from 'node:path';
import { createObjectStore } from '../../workspace/object-store.ts';
import type { StepDefinition } from '../step.ts';
import { keepDeviceTrials } from './device-trials.ts';
import { executeSteps, explain, StepFailure } from './execute.ts';
import { openPort } from './port.ts';
import { openTrainingStates } from './training-states.ts';
import { endWithParent } from './watchdog.ts';

const port = openPort();

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
  await port.commit({ type: 'failed', step, error }).catch(() => undefined);
  process.exit(1);
}

// an error outside the awaited path (a worker's event, a forgotten promise) ends the run with its reason
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (error) => void fail(error));

const start = await port.started;
endWithParent(start.parentPid);
try {
  const pipeline = await loadPipeline(start.pipelineModule);
  const workspace = path.dirname(start.objectsFolder);
  await executeSteps(pipeline, {
    spec: start.spec,
    objects: createObjectStore(start.objectsFolder),
    port,
    deviceTrials: keepDeviceTrials(path.join(workspace, 'device-trials.json')),
    trainingStates: openTrainingStates(path.join(workspace, 'training')),
  });
  await port.commit({ type: 'succeeded' });
  process.exit(0);
} catch (error) {
  await fail(error);
}
