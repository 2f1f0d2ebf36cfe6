/** @file Starts the import thread, so that a long file never blocks the process with the window. */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../src-preload/contract/index.ts';
import type { ImportJob, ImportMessage, ImportResult } from './import-job.ts';

/** Beside this file: the source under Node, the built entry of the same name in a bundle. */
function entry(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'import-worker.ts' : 'import-worker.js';
  return new URL(`./${name}`, import.meta.url);
}

/** @throws what the job threw, as AppError; `import-out-of-memory`, `import-failed` when the thread died */
export function importInThread(
  job: ImportJob,
  progress: (fraction: number, message: string) => void,
): Promise<ImportResult> {
  return new Promise((resolve, reject) => {
    // Flags of the parent (test runners, inspectors) are not for this thread.
    const worker = new Worker(entry(), { workerData: job, execArgv: [] });
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      act();
      void worker.terminate();
    };
    worker.on('message', (message: ImportMessage) => {
      if (message.type === 'progress') progress(message.fraction, message.message);
      else if (message.type === 'done') settle(() => resolve(message.result));
      else settle(() => reject(new AppError(message.error)));
    });
    worker.on('error', (cause: Error & { code?: string }) =>
      settle(() =>
        reject(
          cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? new AppError({
                code: 'import-out-of-memory',
                message: 'There was not enough memory to import the file.',
                hint: 'Close other programs, or split the file by year.',
                place: { file: job.file },
              })
            : new AppError(
                {
                  code: 'import-failed',
                  message: `The import stopped: ${cause.message}`,
                  place: { file: job.file },
                },
                { cause },
              ),
        ),
      ),
    );
    worker.on('exit', (code) =>
      settle(() =>
        reject(
          new AppError({
            code: 'import-failed',
            message: `The import stopped before it was done (exit code ${code}).`,
            place: { file: job.file },
          }),
        ),
      ),
    );
  });
}
