/**
 * @file The threads of an engine: each has an instance of the kernel on the same memory. The calling thread publishes jobs and
 * works with the others. A helper's whole program is a few lines of text that need nothing but the compiled kernel, so it
 * starts the same way from source and from a bundle.
 */
import { availableParallelism } from 'node:os';
import { arch } from 'node:process';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../../src-preload/contract/index.ts';
import { doneAt, failedAt, heapAt } from '../kernels/assembly/layout.ts';
import { kernelBytes } from '../kernels/kernel-bytes.ts';
import { wasm } from '../../../devices/wasm.ts';
import type { WasmModule } from '../../../devices/wasm.ts';
import type { SharedMemory } from './memory.ts';

/** What the kernel exports (kernels/assembly/index.ts). */
export interface Kernel {
  serve(thread: number, spins: number): void;
  alone(operation: number, tasks: number): void;
  run(operation: number, tasks: number, patience: number): number;
  choose(node: number, result: number): number;
  reveal(node: number): void;
  divide(node: number, left: number, right: number): void;
  answer(column: number, bin: number, equal: number, first: number): void;
  total(chunks: number): void;
  placeNodes(): number;
  stop(): void;
}

/** Checks of the ticket before a helper sleeps: about a tenth of a millisecond, as long as the caller thinks between jobs. */
const spins = 150_000;
/** milliseconds without a sign of a thread that holds a task; a task takes milliseconds */
const patience = 30_000;

const program = `
const { workerData: { module, memory, thread, spins, failedAt, doneAt } } = require('node:worker_threads');
// whatever ends this thread, the caller must not wait for it
process.once('exit', () => {
  const words = new Int32Array(memory.buffer);
  Atomics.store(words, failedAt >> 2, 1);
  Atomics.notify(words, doneAt >> 2);
});
try {
  new WebAssembly.Instance(module, { env: { memory } }).exports.serve(thread, spins);
} catch {}`;

let compiled: WasmModule | null = null;

function compile(): WasmModule {
  compiled ??= new wasm.Module(Buffer.from(kernelBytes, 'base64'));
  return compiled;
}

/**
 * How many threads a training of this size is worth: as many as physical cores, fewer for small data.
 * @param asked a number is taken as it is
 */
export function threadsFor(asked: number | 'auto', rows: number, columns: number): number {
  if (asked !== 'auto') return Math.max(1, Math.floor(asked));
  const logical = availableParallelism();
  // x64 cores of this size have two hardware threads each, which share what histograms need most: the cache
  const cores = arch === 'x64' && logical > 4 ? Math.ceil(logical / 2) : logical;
  return Math.max(1, Math.min(cores, Math.floor((rows * columns) / 30_000)));
}

export const lostThread = (): AppError =>
  new AppError({
    code: 'engine-thread-lost',
    message: 'A thread of the tree engine ended while it was at work.',
    hint: 'Train again; with less memory in use, or on one thread, if it happens again.',
  });

export class Threads {
  readonly count: number;
  readonly kernel: Kernel;
  readonly #helpers: Worker[] = [];

  /** `count` threads, the calling one included. */
  constructor(memory: SharedMemory, count: number) {
    const module = compile();
    const shared = memory.memory;
    this.count = count;
    this.kernel = new wasm.Instance(module, { env: { memory: shared } }).exports as Kernel;
    for (let thread = 1; thread < count; thread++) {
      const workerData = { module, memory: shared, thread, spins, failedAt, doneAt };
      const helper = new Worker(program, { eval: true, workerData, execArgv: [], stdin: false });
      helper.unref();
      // an error the program could not catch itself, such as a thread the system would not start
      helper.on('error', () => Atomics.store(new Int32Array(shared.buffer, 0, heapAt / 4), failedAt >> 2, 1));
      this.#helpers.push(helper);
    }
  }

  /**
   * Does a job; the caller works too.
   * @param nanoseconds about what the job takes on one thread: a small one is not handed over
   * @throws AppError `engine-thread-lost`
   */
  run(operation: number, tasks: number, nanoseconds: number): void {
    if (tasks === 0) return;
    if (this.count === 1 || tasks === 1 || nanoseconds < 5_000) {
      this.kernel.alone(operation, tasks);
      return;
    }
    if (this.kernel.run(operation, tasks, patience) === 0) return;
    throw lostThread();
  }

  async close(): Promise<void> {
    this.kernel.stop();
    await Promise.all(this.#helpers.splice(0).map((helper) => helper.terminate()));
  }
}
