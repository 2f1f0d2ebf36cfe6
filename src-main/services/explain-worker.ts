/** @file Entry of the thread that explains: takes one job, answers, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorData } from '../../src-preload/contract/index.ts';
import { runExplain } from './explain-job.ts';
import type { ExplainJob, ExplainMessage } from './explain-job.ts';

const post = (message: ExplainMessage): void => parentPort?.postMessage(message);

try {
  const result = runExplain(workerData as ExplainJob, (fraction) => post({ type: 'progress', fraction }));
  post({ type: 'done', result });
} catch (thrown) {
  post({ type: 'failed', error: toErrorData(thrown) });
}
