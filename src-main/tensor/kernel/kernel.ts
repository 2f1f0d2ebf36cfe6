/** @file The compiled kernel on a memory of its own, with its threads: see assembly/index.ts. */
import { Team, teamBytes } from '../../devices/team.ts';
import { wasm } from '../../devices/wasm.ts';
import { jNext, jobBytes } from './assembly/layout.ts';
import { kernelBytes } from './kernel-bytes.ts';

const pageBytes = 65_536;
/** of one memory: WebAssembly counts addresses in 32 bits */
const mostPages = 65_536;
/** what a caller may lay out begins here, after the words of the threads and of the job */
export const heapAt = teamBytes + jobBytes;
/** bytes that a caller may lay out in one memory */
export const mostBytes = (mostPages - 1) * pageBytes - heapAt;
/** where the job lies */
export const jobAt = teamBytes;

export class Kernel {
  readonly memory: SharedArrayBuffer;
  readonly #team: Team;

  /** @param bytes to lay out, at most {@link mostBytes}; they are zero @throws RangeError where there is not so much memory */
  constructor(bytes: number) {
    const pages = Math.ceil((heapAt + bytes) / pageBytes);
    const memory = new wasm.Memory({ initial: pages, maximum: pages, shared: true });
    const module = new wasm.Module(Buffer.from(kernelBytes, 'base64'));
    this.memory = memory.buffer;
    this.#team = new Team({ module, memory, entry: 'work', argument: jobAt, next: jobAt + jNext, at: 0 });
  }

  /**
   * Does the job that lies in memory on so many threads.
   * @returns false when a thread was lost with a piece in hand, which then may be half done
   */
  run(threads: number): boolean {
    this.#team.start(threads);
    return this.#team.run(threads);
  }

  async close(): Promise<void> {
    await this.#team.close();
  }
}
