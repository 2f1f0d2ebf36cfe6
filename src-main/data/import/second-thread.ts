/**
 * @file A thread beside the one that reads a file: it hashes the file, and writes the table while the other one still looks
 * at the readings. Kept for a moment between files, for starting it takes as long as hashing a year.
 */
import { Worker } from 'node:worker_threads';
import type { ParquetColumn, Written } from '../parquet/write.ts';
import type { SecondJob, SecondMessage, SentError } from './second-worker.ts';

const KEEP_IDLE_MS = 5000;

/** Beside this file: the source under Node, the built entry of the same name in a bundle. */
function entry(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'second-worker.ts' : 'second-worker.js';
  return new URL(`./${name}`, import.meta.url);
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  timer: NodeJS.Timeout | null;
}

let current: Thread | null = null;
let lastJob = 0;

function start(): Thread {
  const thread: Thread = {
    worker: new Worker(entry(), { execArgv: [] }),
    waiting: new Map(),
    timer: null,
  };
  thread.worker.on('message', (message: SecondMessage) => {
    const job = thread.waiting.get(message.id);
    thread.waiting.delete(message.id);
    if (message.error === null) job?.resolve(message.result);
    else job?.reject(errorOf(message.error));
    if (thread.waiting.size === 0) rest(thread);
  });
  const end = (error: Error): void => {
    if (current === thread) current = null;
    for (const job of thread.waiting.values()) job.reject(error);
    thread.waiting.clear();
  };
  thread.worker.on('error', end);
  thread.worker.on('exit', (code) => end(new Error(`The second import thread ended with code ${code}.`)));
  return thread;
}

const errorOf = ({ message, code }: SentError): Error => Object.assign(new Error(message), { code });

/** Idle, it keeps nothing alive, and ends after a while. */
function rest(thread: Thread): void {
  thread.worker.unref();
  thread.timer = setTimeout(() => {
    if (current === thread) current = null;
    void thread.worker.terminate();
  }, KEEP_IDLE_MS);
  thread.timer.unref();
}

function ask(job: SecondJob): Promise<unknown> {
  const thread = (current ??= start());
  if (thread.timer !== null) clearTimeout(thread.timer);
  thread.timer = null;
  thread.worker.ref();
  return new Promise((resolve, reject) => {
    const id = ++lastJob;
    thread.waiting.set(id, { resolve, reject });
    thread.worker.postMessage({ id, job });
  });
}

/** @returns sha256, hex */
export const hashBeside = async (file: string): Promise<string> =>
  (await ask({ kind: 'hash', file })) as string;

/** Arrays keep their number, so that the other thread knows what it has encoded already. */
const numbers = new WeakMap<Float64Array | Int32Array, number>();
let lastArray = 0;

function numberOf(array: Float64Array | Int32Array): number {
  let number = numbers.get(array);
  if (number === undefined) numbers.set(array, (number = ++lastArray));
  return number;
}

export interface Writing {
  /** null where it was stopped in time */
  readonly done: Promise<Written | null>;
  /** Gives up soon. Columns encoded so far are kept for the next table. */
  stop(): void;
}

/**
 * Writes a table as {@link writeParquet} does. Columns over shared memory are not copied, and must not be written to.
 */
export function writeBeside(columns: readonly ParquetColumn[], file: string): Writing {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const arrays = columns.map((column) => numberOf(column.type === 'text' ? column.codes : column.values));
  const done = ask({ kind: 'write', columns, arrays, file, stop }) as Promise<Written | null>;
  return { done, stop: () => void Atomics.store(stop, 0, 1) };
}
