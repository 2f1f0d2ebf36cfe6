/**
 * @file Prediction of batches by the kernel, on several threads over one shared memory. One per process, made when first
 * needed: the model is written into it, rows pass through it in pieces. Its threads sleep between calls and never keep the
 * process alive.
 */
import { availableParallelism } from 'node:os';
import { treeCount } from '../ensemble.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { Team } from '../../../devices/team.ts';
import { wasm } from '../../../devices/wasm.ts';
import type { WasmSharedMemory } from '../../../devices/wasm.ts';
import { compileEnsemble } from './compile.ts';
import type { CompiledEnsemble } from './compile.ts';
import { kernelBytes } from './kernel-bytes.ts';
import type { Column } from './walk.ts';

/** Rows that are handed over at a time: enough to outweigh waking the threads, few enough to pass through the cache. */
const pieceRows = 16_384;
const blockRows = 256;

// the shared memory begins with the words of its team, then the head
const headAt = 192;
const imageAt = 1024;
/** Head fields this file sets; the others come with the model. */
const head = {
  input: 28,
  stride: 32,
  rows: 36,
  result: 40,
  nextBlock: 44,
  scale: 48,
  scratch: 56,
  scratchBytes: 60,
};
const leafAndSlotBytes = 1024 + 32 * 128;
const pageBytes = 65_536;

interface Kernel {
  readonly memory: WasmSharedMemory;
  readonly team: Team;
  loaded: CompiledEnsemble | null;
}

let shared: Kernel | null = null;

function kernel(): Kernel {
  if (shared !== null) return shared;
  const module = new wasm.Module(Buffer.from(kernelBytes, 'base64'));
  const memory = new wasm.Memory({ initial: 1, maximum: 65_536, shared: true });
  const next = headAt + head.nextBlock;
  const team = new Team({ module, memory, entry: 'predict', argument: headAt, next, at: 0 });
  shared = { memory, team, loaded: null };
  return shared;
}

const align = (bytes: number): number => (bytes + 63) & ~63;

export interface Batch {
  /**
   * Raw scores, shape (outputs) x (rows); `columns` with the derived ones.
   * @returns null when a thread broke off: the rows have to be walked
   */
  raw(columns: readonly Column[], rows: number, threads: number): Float64Array[] | null;
}

/** Rows x trees that take about as long as a thread takes to start: the first small batch of a process is done alone. */
const worthStarting = { symmetric: 40e6, nodes: 8e6 } as const;
/** A process that has done this share of it in small batches will do more of them: threads start, most of it on other cores. */
const shownShare = 0.06;
/** what small batches have done so far, in units of {@link worthStarting} */
let shown = 0;

/** Cores that help with so many rows; a thread that has less than a few blocks costs more than it brings. */
export function threadsFor(ensemble: TreeEnsemble, rows: number, most = availableParallelism()): number {
  const useful = Math.max(1, Math.min(most, Math.floor(rows / (4 * blockRows))));
  const running = shared?.team.threads ?? 1;
  const worth = (rows * treeCount(ensemble)) / worthStarting[ensemble.trees.shape];
  // only what more threads could have done counts
  if (useful > running) shown += worth;
  return worth >= 1 || shown >= shownShare ? useful : Math.min(useful, running);
}

/** @returns null when the model does not suit the kernel */
export function createBatch(ensemble: TreeEnsemble): Batch | null {
  const compiled = compileEnsemble(ensemble, imageAt);
  if (compiled === null) return null;
  const { outputs } = ensemble;
  const columnCount = ensemble.features.length + ensemble.derived.length;
  const scratchBytes = align(leafAndSlotBytes + outputs * blockRows * 8 + compiled.codes * blockRows + 256);

  return {
    raw(columns, rows, threads) {
      const out = Array.from({ length: outputs }, () => new Float64Array(rows));
      if (rows === 0) return out;
      const own = kernel();
      own.team.start(threads);
      const most = own.team.threads;

      const piece = Math.min(pieceRows, Math.ceil(rows / blockRows) * blockRows);
      const scratchAt = align(imageAt + compiled.image.length);
      const inputAt = align(scratchAt + most * scratchBytes);
      const inputBytes = align(columnCount * piece * 8 + 64);
      const resultAt = inputAt + 2 * inputBytes;
      const end = resultAt + outputs * piece * 8;
      const { memory } = own;
      if (memory.buffer.byteLength < end)
        memory.grow(Math.ceil((end - memory.buffer.byteLength) / pageBytes));

      const words = new Int32Array(memory.buffer, 0, imageAt >> 2);
      const set = (offset: number, value: number): void => void (words[(headAt + offset) >> 2] = value);
      if (own.loaded !== compiled) {
        new Uint8Array(memory.buffer).set(compiled.image, imageAt);
        own.loaded = compiled;
      }
      for (const [offset, value] of compiled.head) set(offset, value);
      new DataView(memory.buffer).setFloat64(headAt + head.scale, compiled.scale, true);
      set(head.stride, piece);
      set(head.scratch, scratchAt);
      set(head.scratchBytes, scratchBytes);
      set(head.result, resultAt);

      /** Copies rows into one of the two inputs. */
      const stage = (from: number, which: number): void => {
        const to = Math.min(rows, from + piece);
        for (let f = 0; f < columnCount; f++)
          new Float64Array(memory.buffer, inputAt + which * inputBytes + f * piece * 8, piece).set(
            columns[f].subarray(from, to),
          );
      };
      stage(0, 0);
      for (let from = 0, which = 0; from < rows; from += piece, which = 1 - which) {
        const size = Math.min(piece, rows - from);
        set(head.input, inputAt + which * inputBytes);
        set(head.rows, size);
        const finished = own.team.run(threads, () => {
          if (from + piece < rows) stage(from + piece, 1 - which);
        });
        if (!finished) {
          abandon(own);
          return null;
        }
        for (let k = 0; k < outputs; k++)
          out[k].set(new Float64Array(memory.buffer, resultAt + k * piece * 8, size), from);
      }
      return out;
    },
  };
}

/** The next batch begins anew, with memory and threads of its own. */
function abandon(kernel: Kernel): void {
  if (shared === kernel) shared = null;
  void kernel.team.close();
}
