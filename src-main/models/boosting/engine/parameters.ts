/** @file The kernel's parameters: words and numbers at fixed places of the shared memory (kernels/assembly/layout.ts). */
import { paramsAt } from '../kernels/assembly/layout.ts';
import type { SharedMemory } from './memory.ts';

export class Parameters {
  readonly #memory: SharedMemory;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** @param offset one of layout.ts's `p...` */
  word(offset: number): number {
    return this.#memory.u32[(paramsAt + offset) >> 2];
  }
  setWord(offset: number, value: number): void {
    this.#memory.u32[(paramsAt + offset) >> 2] = value;
  }
  /** @param offset one of layout.ts's `f...` */
  float(offset: number): number {
    return this.#memory.f64[(paramsAt + offset) >> 3];
  }
  setFloat(offset: number, value: number): void {
    this.#memory.f64[(paramsAt + offset) >> 3] = value;
  }
}
