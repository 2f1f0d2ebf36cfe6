/**
 * @file The memory that all threads share: one WebAssembly memory, handed out from its beginning, never given back. Addresses
 * are bytes; every piece begins on 64 bytes, a cache line.
 */
import { AppError } from '../../../../src-preload/contract/index.ts';
import { heapAt } from '../kernels/assembly/layout.ts';
import { wasm } from '../../../devices/wasm.ts';

const pageBytes = 65536;
const mostPages = 65536;

export class SharedMemory {
  readonly memory = new wasm.Memory({ initial: 1, maximum: mostPages, shared: true });
  #next = heapAt;
  #u8 = new Uint8Array(this.memory.buffer);
  #u32 = new Uint32Array(this.memory.buffer);
  #f64 = new Float64Array(this.memory.buffer);
  #i64 = new BigInt64Array(this.memory.buffer);

  get bytes(): number {
    return this.#next;
  }
  /** all of the memory, as bytes and as words; read it anew after an allocation */
  get u8(): Uint8Array {
    return this.#u8;
  }
  get u32(): Uint32Array {
    return this.#u32;
  }
  get f64(): Float64Array {
    return this.#f64;
  }
  get i64(): BigInt64Array {
    return this.#i64;
  }

  /**
   * @param bytes how many; they are 0
   * @returns their address
   * @throws AppError `engine-memory-full` beyond 4 GiB
   */
  allocate(bytes: number): number {
    const address = this.#next;
    const end = address + Math.ceil(bytes / 64) * 64;
    const missing = Math.ceil(end / pageBytes) - this.memory.buffer.byteLength / pageBytes;
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch (cause) {
        throw new AppError(
          {
            code: 'engine-memory-full',
            message: `The tree engine needs ${(end / 2 ** 30).toFixed(1)} GiB of memory; it can hold 4 GiB at most, and this machine may have less.`,
            hint: 'Train on fewer rows or columns, or with fewer bins.',
          },
          { cause },
        );
      }
      this.#u8 = new Uint8Array(this.memory.buffer);
      this.#u32 = new Uint32Array(this.memory.buffer);
      this.#f64 = new Float64Array(this.memory.buffer);
      this.#i64 = new BigInt64Array(this.memory.buffer);
    }
    this.#next = end;
    return address;
  }

  floats(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }
}
