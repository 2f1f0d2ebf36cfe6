/**
 * @file Explanations run in a thread, so that the process with the window stays quick; ending the thread cancels one. An
 * idle thread is kept for a while: one moment is followed by the next as a rule, and the model is then read already.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../src-preload/contract/index.ts';
import type { ExplainJob, ExplainMessage, ExplainResult } from './explain-job.ts';

const KEEP_IDLE_MS = 60_000;

/** Beside this file: the source under Node, the built entry of the same name in a bundle. */
function entry(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'explain-worker.ts' : 'explain-worker.js';
  return new URL(`./${name}`, import.meta.url);
}

let idle: { readonly worker: Worker; readonly timer: NodeJS.Timeout } | null = null;

/** By name: a worker has listeners of its own that bring its messages. */
function forgetListeners(worker: Worker): void {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
}

function take(): Worker {
  // Flags of the parent (test runners, inspectors) are not for this thread.
  if (idle === null) return new Worker(entry(), { execArgv: [] });
  const { worker, timer } = idle;
  idle = null;
  clearTimeout(timer);
  forgetListeners(worker);
  worker.ref();
  return worker;
}

/** Keeps one thread, without keeping the process alive; others end. */
function rest(worker: Worker): void {
  forgetListeners(worker);
  if (idle !== null) {
    void worker.terminate();
    return;
  }
  const forget = (): void => {
    if (idle?.worker === worker) idle = null;
  };
  const timer = setTimeout(() => {
    forget();
    void worker.terminate();
  }, KEEP_IDLE_MS);
  timer.unref();
  worker.on('error', forget);
  worker.on('exit', forget);
  worker.unref();
  idle = { worker, timer };
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
    const worker = take();
    const stop = (): void => {
      reject(cancelled());
      void worker.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: ExplainMessage) => {
      signal.removeEventListener('abort', stop);
      rest(worker);
      if (message.type === 'done') resolve(message.result);
      else reject(new AppError(message.error));
    });
    worker.on('error', (cause) => reject(died(cause)));
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      reject(died(new Error(`exit code ${code}`)));
    });
    worker.postMessage(job);
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
