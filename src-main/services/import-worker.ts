/** @file Entry of the import thread: takes a job, answers, waits for the next. */
import { parentPort } from 'node:worker_threads';
import { toErrorData } from '../../src-preload/contract/index.ts';
import { runImport } from './import-job.ts';
import type { ImportJob, ImportMessage } from './import-job.ts';

const post = (message: ImportMessage): void => parentPort?.postMessage(message);
/** Often enough for the eye; the listener redraws on each. */
const PROGRESS_MS = 40;

parentPort?.on('message', (job: ImportJob) => void work(job));

async function work(job: ImportJob): Promise<void> {
  let last = 0;
  try {
    const result = await runImport(job, (fraction, message) => {
      const now = Date.now();
      if (now - last < PROGRESS_MS) return;
      last = now;
      post({ type: 'progress', fraction, message });
    });
    post({ type: 'done', result });
  } catch (thrown) {
    post({ type: 'failed', error: toErrorData(thrown) });
  }
}
