/**
 * @file Import threads, so that a long file never blocks the process with the window. One idle thread is kept for a
 * while: a preview is followed by an import as a rule, and starting a thread costs more than reading a year.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from '../../src-preload/contract/index.ts';
import type { ImportJob, ImportMessage, ImportResult } from './import-job.ts';

const KEEP_IDLE_MS = 30_000;
/** A thread that has read a larger file ends with it, which gives its memory back. */
const MOST_KEPT_BYTES = 128 << 20;

/** Beside this file: the source under Node, the built entry of the same name in a bundle. */
function entry(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'import-worker.ts' : 'import-worker.js';
  return new URL(`./${name}`, import.meta.url);
}

type Reject = (error: AppError) => void;

interface Thread {
  readonly worker: Worker;
  /** the job it works on; null while idle */
  job: {
    readonly file: string;
    readonly progress: (fraction: number, message: string) => void;
    readonly resolve: (result: ImportResult) => void;
    readonly reject: Reject;
  } | null;
  timer: NodeJS.Timeout | null;
}

let idle: Thread | null = null;

function start(): Thread {
  // Flags of the parent (test runners, inspectors) are not for this thread.
  const thread: Thread = { worker: new Worker(entry(), { execArgv: [] }), job: null, timer: null };
  thread.worker.on('message', (message: ImportMessage) => answer(thread, message));
  thread.worker.on('error', (cause: Error & { code?: string }) => fail(thread, (file) => died(file, cause)));
  thread.worker.on('exit', (code) =>
    fail(
      thread,
      (file) =>
        new AppError({
          code: 'import-failed',
          message: `The import stopped before it was done (exit code ${code}).`,
          place: { file },
        }),
    ),
  );
  return thread;
}

function answer(thread: Thread, message: ImportMessage): void {
  const { job } = thread;
  if (job === null) return;
  if (message.type === 'progress') {
    job.progress(message.fraction, message.message);
    return;
  }
  rest(thread, message.type === 'done' && message.result.preview.bytes > MOST_KEPT_BYTES);
  if (message.type === 'done') job.resolve(message.result);
  else job.reject(new AppError(message.error));
}

function fail(thread: Thread, errorFor: (file: string) => AppError): void {
  if (idle === thread) idle = null;
  if (thread.timer !== null) clearTimeout(thread.timer);
  const { job } = thread;
  thread.job = null;
  job?.reject(errorFor(job.file));
}

/** Keeps one thread for the next job, without keeping the process alive; others end. */
function rest(thread: Thread, large: boolean): void {
  thread.job = null;
  if (idle !== null || large) {
    void thread.worker.terminate();
    return;
  }
  idle = thread;
  thread.worker.unref();
  thread.timer = setTimeout(() => {
    idle = null; // nobody may take it while it ends
    void thread.worker.terminate();
  }, KEEP_IDLE_MS);
  thread.timer.unref();
}

function take(): Thread {
  const thread = idle;
  if (thread === null) return start();
  idle = null;
  if (thread.timer !== null) clearTimeout(thread.timer);
  thread.worker.ref();
  return thread;
}

/**
 * @param signal gives the job up: its thread ends, with what it started, before the promise settles
 * @throws what the job threw, as AppError; `import-cancelled`; `import-out-of-memory`, `import-failed` when the thread died
 */
export function importInThread(
  job: ImportJob,
  progress: (fraction: number, message: string) => void,
  signal?: AbortSignal,
): Promise<ImportResult> {
  return new Promise<ImportResult>((resolve, reject) => {
    const thread = take();
    const cancel = (): void => {
      thread.job = null;
      void thread.worker.terminate().then(() => reject(cancelled(job.file)));
    };
    const settle =
      <T>(end: (value: T) => void) =>
      (value: T): void => {
        signal?.removeEventListener('abort', cancel);
        end(value);
      };
    thread.job = { file: job.file, progress, resolve: settle(resolve), reject: settle(reject) };
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    else thread.worker.postMessage(job);
  });
}

const cancelled = (file: string): AppError =>
  new AppError({
    code: 'import-cancelled',
    message: 'The import was cancelled; nothing of it was kept.',
    place: { file },
  });

function died(file: string, cause: Error & { code?: string }): AppError {
  const place = { file };
  if (cause.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new AppError({
      code: 'import-out-of-memory',
      message: 'There was not enough memory to import the file.',
      hint: 'Close other programs, or split the file by year.',
      place,
    });
  return new AppError(
    { code: 'import-failed', message: `The import stopped: ${cause.message}`, place },
    { cause },
  );
}
