/** @file Entry of a member thread: takes a job, fits, predicts, answers, waits for the next. */
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorData } from '../../../src-preload/contract/index.ts';
import type { FitContext } from '../estimator.ts';
import { createEstimator } from '../registry.ts';
import { runJob } from './member-jobs.ts';
import type { FromMember, MemberThreadData, ToMember } from './member-messages.ts';

const { task, seed, threads, device } = workerData as MemberThreadData;
const post = (message: FromMember): void => parentPort?.postMessage(message);
/** The run reports ten times a second; more would only be thrown away. */
const progressMs = 100;

let last = 0;
const context: FitContext = {
  seed,
  threads,
  device: { choice: device, trials: null, used: (name) => post({ type: 'device', used: name }) },
  progress: (fraction, message) => {
    const now = performance.now();
    if (now - last < progressMs) return;
    last = now;
    post({ type: 'progress', fraction, message: message ?? null });
  },
  curve: (name, x, y) => post({ type: 'curve', name, x, y }),
  log: (level, message) => post({ type: 'log', level, message }),
};

async function work({ job }: ToMember): Promise<void> {
  try {
    const { model, predicted } = await runJob(job, task, createEstimator, context);
    post({ type: 'done', model: job.keep ? model.toJSON() : null, predicted });
  } catch (thrown) {
    post({ type: 'failed', error: toErrorData(thrown) });
  }
}

parentPort?.on('message', (message: ToMember) => void work(message));
