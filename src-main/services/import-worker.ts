/** @file Entry of the import thread: does one job, answers, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorData } from '../../src-preload/contract/index.ts';
import { runImport } from './import-job.ts';
import type { ImportJob, ImportMessage } from './import-job.ts';

const post = (message: ImportMessage): void => parentPort?.postMessage(message);
/** Often enough for the eye; the listener redraws on each. */
const PROGRESS_MS = 40;

let last = 0;
try {
  const result = await runImport(workerData as ImportJob, (fraction, message) => {
    const now = Date.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    post({ type: 'progress', fraction, message });
  });
  post({ type: 'done', result });
} catch (thrown) {
  post({ type: 'failed', error: toErrorData(thrown) });
}
