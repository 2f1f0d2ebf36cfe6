/** @file What the engine's thread and the thread that owns the graphics device say to each other. */

/** What the device thread reports once it has tried to get a device. */
export type GpuReport =
  | { readonly type: 'ready'; readonly name: string; readonly software: boolean }
  | { readonly type: 'none'; readonly reason: string };

/** How a lane of a block is summed: see `taskWords` in shader.ts. */
export interface GpuColumns {
  /** addresses and bytes of the blocks of bins */
  readonly blocks: readonly { readonly address: number; readonly bytes: number }[];
  readonly tasks: Uint32Array;
  readonly cells: number;
}

/** Each job is answered in {@link answer}, in order. Addresses are bytes in `memory`. */
export type GpuJob =
  | {
      readonly type: 'data';
      readonly memory: SharedArrayBuffer;
      readonly rows: number;
      readonly quantised: number;
      readonly columns: GpuColumns;
    }
  | { readonly type: 'begin'; readonly wide: boolean; readonly shift: number }
  | { readonly type: 'build'; readonly rowsAt: number | null; readonly count: number; readonly cellsAt: number }
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
