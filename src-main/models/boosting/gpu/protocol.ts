/** @file What the engine's thread and the thread that owns the graphics device say to each other. */
import type { NodeSums, SearchJob, SearchRules } from '../engine/split-device.ts';

/** What the device thread reports once it has tried to get a device. */
export type GpuReport =
  /** storageBytes: of the largest buffer */
  | {
      readonly type: 'ready';
      readonly name: string;
      readonly software: boolean;
      readonly storageBytes: number;
    }
  | { readonly type: 'none'; readonly reason: string };

/** What the device must know of the columns. */
export interface GpuColumns {
  /** addresses and bytes of the blocks of bins */
  readonly blocks: readonly { readonly address: number; readonly bytes: number }[];
  /** how a lane of a block is summed: see `taskWords` in shader.ts */
  readonly tasks: Uint32Array;
  /** column of each task */
  readonly columnOf: Int32Array;
  /** cells of a histogram over all columns */
  readonly cells: number;
  /** per column what split-shader.ts reads of it */
  readonly table: Uint32Array;
}

/** Each job is answered in {@link answer}, in order. Addresses are bytes in `memory`. */
export type GpuJob =
  | {
      readonly type: 'data';
      readonly memory: SharedArrayBuffer;
      readonly rows: number;
      readonly quantised: number;
      readonly columns: GpuColumns;
      /** null: histograms are made for the processor to search */
      readonly search: {
        readonly rules: SearchRules;
        readonly slots: number;
        readonly answers: SharedArrayBuffer;
      } | null;
    }
  | {
      readonly type: 'begin';
      readonly wide: boolean;
      readonly shift: number;
      /** exponents of the units of gradients and hessians */
      readonly units: readonly [number, number];
    }
  | {
      readonly type: 'build';
      readonly rowsAt: number | null;
      readonly count: number;
      readonly cellsAt: number;
    }
  | { readonly type: 'search'; readonly job: SearchJob }
  | { readonly type: 'level'; readonly nodes: NodeSums; readonly columns: Int32Array }
  | { readonly type: 'pick'; readonly nodes: NodeSums; readonly questions: Int32Array }
  /** for tests: as if the device were unplugged */
  | { readonly type: 'lose' }
  | { readonly type: 'close' };

/** Words of the shared control block. */
export const answer = {
  /** jobs done */
  done: 0,
  /** 1: a job failed; nothing that follows is done */
  failed: 1,
  /** bytes of the text that says why, from `textAt` */
  textBytes: 2,
} as const;
export const textAt = 64;
export const controlBytes = 1024;

export function writeText(control: SharedArrayBuffer, text: string): void {
  const bytes = new TextEncoder().encode(text).subarray(0, controlBytes - textAt);
  new Uint8Array(control, textAt).set(bytes);
  new Int32Array(control)[answer.textBytes] = bytes.length;
}

export function readText(control: SharedArrayBuffer): string {
  const length = new Int32Array(control)[answer.textBytes];
  // a decoder does not take shared memory
  return new TextDecoder().decode(Uint8Array.from(new Uint8Array(control, textAt, length)));
}
