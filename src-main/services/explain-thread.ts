/** @file Explanations run in threads of their own, so that the process with the window stays quick; ending one cancels it. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../src-preload/contract/index.ts';
import type { ExplainJob, ExplainMessage, ExplainResult } from './explain-job.ts';

/** Beside this file: the source under Node, the built entry of the same name in a bundle. */
function entry(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'explain-worker.ts' : 'explain-worker.js';
  return new URL(`./${name}`, import.meta.url);
}

/** @throws what the job threw, `explain-cancelled` when `signal` fires, `explain-failed` when the thread died */
export function explainInThread(job: ExplainJob, signal: AbortSignal): Promise<ExplainResult> {
  return new Promise((resolve, reject) => {
    const cancelled = (): AppError =>
      new AppError({ code: 'explain-cancelled', message: 'The explanation was cancelled.' });
    if (signal.aborted) {
      reject(cancelled());
      return;
    }
    // Flags of the parent (test runners, inspectors) are not for this thread.
    const worker = new Worker(entry(), { workerData: job, execArgv: [] });
    const stop = (): void => {
      reject(cancelled());
      void worker.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: ExplainMessage) => {
      if (message.type === 'done') resolve(message.result);
      else if (message.type === 'failed') reject(new AppError(message.error));
    });
    worker.on('error', (cause) => reject(died(cause)));
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      reject(died(new Error(`exit code ${code}`)));
    });
  });
}

function died(cause: Error & { code?: string }): AppError {
  const memory = cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return new AppError(
    {
      code: 'explain-failed',
      message: memory
        ? 'There was not enough memory to explain this model.'
        : `The explanation stopped: ${cause.message}.`,
      ...(memory ? { hint: 'Close other programs and try again.' } : {}),
    },
    { cause },
  );
}
