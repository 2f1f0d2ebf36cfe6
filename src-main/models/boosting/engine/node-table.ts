/** @file The nodes of the tree at hand, in the shared memory: a node's fields are layout.ts's `n...`. */
import { nodeBytes, pNodes } from '../kernels/assembly/layout.ts';
import type { SharedMemory } from './memory.ts';
import type { Parameters } from './parameters.ts';

export class NodeTable {
  readonly #memory: SharedMemory;
  readonly #parameters: Parameters;
  #address = 0;
  #capacity = 0;

  constructor(memory: SharedMemory, parameters: Parameters) {
    this.#memory = memory;
    this.#parameters = parameters;
  }

  /** Makes room for nodes `0 ... count - 1`, keeping what is there. */
  reserve(count: number): void {
    if (count <= this.#capacity) return;
    const capacity = Math.max(count, 2 * this.#capacity, 1024);
    const address = this.#memory.allocate(capacity * nodeBytes);
    const bytes = new Uint8Array(this.#memory.memory.buffer);
    bytes.copyWithin(address, this.#address, this.#address + this.#capacity * nodeBytes);
    this.#address = address;
    this.#capacity = capacity;
    this.#parameters.setWord(pNodes, address);
  }

  /** All fields of a node. */
  copy(from: number, to: number): void {
    const address = this.#address + from * nodeBytes;
    new Uint8Array(this.#memory.memory.buffer).copyWithin(
      this.#address + to * nodeBytes,
      address,
      address + nodeBytes,
    );
  }

  word(node: number, offset: number): number {
    return this.#memory.u32[(this.#address + node * nodeBytes + offset) >> 2] | 0;
  }
  setWord(node: number, offset: number, value: number): void {
    this.#memory.u32[(this.#address + node * nodeBytes + offset) >> 2] = value;
  }
  float(node: number, offset: number): number {
    return this.#memory.f64[(this.#address + node * nodeBytes + offset) >> 3];
  }
  setFloat(node: number, offset: number, value: number): void {
    this.#memory.f64[(this.#address + node * nodeBytes + offset) >> 3] = value;
  }
  sum(node: number, offset: number): bigint {
    return this.#memory.i64[(this.#address + node * nodeBytes + offset) >> 3];
  }
  setSum(node: number, offset: number, value: bigint): void {
    this.#memory.i64[(this.#address + node * nodeBytes + offset) >> 3] = value;
  }
}
