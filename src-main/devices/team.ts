/**
 * @file Threads that do one kernel's work over one shared memory: the caller opens a job, works with the others, and waits for those that
 * still have a piece in hand. They sleep between jobs and never keep the process alive.
 */
import { Worker } from 'node:worker_threads';
import { wasm } from './wasm.ts';
import type { WasmModule, WasmSharedMemory } from './wasm.ts';

/** What a thread runs: it sleeps until the gate changes, then takes pieces until there are none. */
const program = `
const { workerData } = require('node:worker_threads');
const { module, memory, entry, argument, thread, at } = workerData;
const words = new Int32Array(memory.buffer, at, 32);
const work = new WebAssembly.Instance(module, { env: { memory } }).exports[entry];
// whatever ends this thread, the caller must not wait for it
process.once('exit', () => {
  Atomics.store(words, 17, 1);
  Atomics.notify(words, 16);
});
for (let seen = workerData.seen; ; ) {
  Atomics.wait(words, 0, seen);
  seen = Atomics.load(words, 0);
  Atomics.add(words, 16, 1);
  work(argument, thread);
  Atomics.sub(words, 16, 1);
  Atomics.notify(words, 16);
}`;

/** Words of 32 bits in the shared memory; gate and count in a cache line each. */
const gate = 0;
const active = 16;
/** 1: a thread broke off with a piece in hand */
const failed = 17;
/** bytes of the words above */
export const teamBytes = 128;
/** No piece has this number: threads that come late find nothing to do. */
const closed = 1 << 22;
/** tenths of a second for the pieces that are in hand when the caller has none left; one takes milliseconds. Sleep of the machine is not counted */
const patience = 100;

export interface Work {
  readonly module: WasmModule;
  readonly memory: WasmSharedMemory;
  /** what the module exports: (argument, thread) -> takes pieces until there are none; 0 is the caller's thread */
  readonly entry: string;
  readonly argument: number;
  /** address of the word of 32 bits that counts the pieces taken */
  readonly next: number;
  /** where {@link teamBytes} of the memory are kept for the team, zero at first */
  readonly at: number;
}

type Take = (argument: number, thread: number) => void;

export class Team {
  readonly #work: Work;
  readonly #words: Int32Array;
  readonly #next: Int32Array;
  readonly #take: Take;
  readonly #workers: Worker[] = [];

  constructor(work: Work) {
    const { module, memory, entry, next, at } = work;
    this.#work = work;
    this.#words = new Int32Array(memory.buffer, at, teamBytes / 4);
    this.#next = new Int32Array(memory.buffer, next, 1);
    const exports = new wasm.Instance(module, { env: { memory } }).exports as Record<string, Take>;
    this.#take = exports[entry];
  }

  /** the caller's among them */
  get threads(): number {
    return 1 + this.#workers.length;
  }

  /** Starts threads until there are so many. */
  start(threads: number): void {
    while (this.threads < threads) {
      const seen = this.#words[gate];
      const workerData = { ...this.#work, thread: this.threads, seen };
      const worker = new Worker(program, { eval: true, workerData, execArgv: [] });
      worker.unref();
      // without its threads the caller does all pieces itself, so nothing is lost
      worker.on('error', () => undefined);
      this.#workers.push(worker);
    }
  }

  /**
   * Does the job that lies in memory; the caller works with the others.
   * @param threads to be woken, the caller's among them
   * @param meanwhile what the caller does first, while the others begin
   * @returns false when a thread broke off, or has not come back for a long time: it ended with a piece in hand
   */
  run(threads: number, meanwhile?: () => void): boolean {
    Atomics.store(this.#next, 0, 0);
    if (threads > 1) {
      Atomics.add(this.#words, gate, 1);
      Atomics.notify(this.#words, gate, threads - 1);
    }
    meanwhile?.();
    this.#take(this.#work.argument, 0);
    const finished = this.#finished();
    Atomics.store(this.#next, 0, closed);
    return finished;
  }

  /** Ends the threads, between jobs; those of the next job start anew. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
    // one may have ended while it found that there was nothing to take
    Atomics.store(this.#words, active, 0);
    Atomics.store(this.#words, failed, 0);
  }

  /** Waits for the threads that still have a piece. */
  #finished(): boolean {
    for (let waits = 0; ;) {
      const count = Atomics.load(this.#words, active);
      const lost = Atomics.load(this.#words, failed) === 1;
      if (count === 0) return !lost;
      if (lost || waits === patience) return false;
      if (Atomics.wait(this.#words, active, count, 100) === 'timed-out') waits++;
    }
  }
}
