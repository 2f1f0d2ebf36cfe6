/** @file Entry of the thread that explains: takes a job, answers, waits for the next. */
import { parentPort } from 'node:worker_threads';
import { toErrorData } from '../../src-preload/contract/index.ts';
import { runExplain } from './explain-job.ts';
import type { ExplainJob, ExplainMessage } from './explain-job.ts';

const post = (message: ExplainMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', (job: ExplainJob) => {
  try {
    post({ type: 'done', result: runExplain(job) });
  } catch (thrown) {
    post({ type: 'failed', error: toErrorData(thrown) });
  }
});
