/**
 * @file The compiled kernels, typed. The module is compiled once per thread; every instance has memory of its own, in which
 * the caller lays out what it likes from {@link FREE} on.
 */
import { kernelsWasm } from './kernels-wasm.ts';

interface WasmGlobal {
  readonly value: number;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Views of the buffer are void afterwards. */
  grow(pages: number): number;
}

/** The part of WebAssembly's interface that is used here; neither ES2024 nor Node's types declare it. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => WasmMemory;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: Kernels };
}

const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

export interface Kernels {
  /** see assembly/scan.ts */
  scan(
    columns: number,
    width: number,
    begin: number,
    end: number,
    most: number,
    delimiter: number,
    eol: number,
    point: number,
    quotedPoint: number,
  ): number;
  readonly rows: WasmGlobal;
  /** see assembly/columns.ts */
  addUp(figures: number, values: number, n: number): void;
  addPerPlace(values: number, places: number, n: number, sums: number, counts: number): void;
  /** @returns 0 or 1 */
  onePerPlace(
    values: number,
    places: number,
    n: number,
    modulo: number,
    missing: number,
    first: number,
    counts: number,
  ): number;
  addPerBin(values: number, n: number, min: number, perWidth: number, bins: number, last: number): void;
  /** see assembly/encode.ts */
  clear(slots: number, mask: number): void;
  /** @returns 0 or 1 */
  indexOf(
    values: number,
    n: number,
    slots: number,
    mask: number,
    keys: number,
    most: number,
    out: number,
  ): number;
  pack(indices: number, n: number, width: number, out: number): number;
  /** see assembly/sort.ts */
  sort(values: number, n: number, spare: number, counts: number): void;
  readonly distinct: WasmGlobal;
  readonly present: WasmGlobal;
}

/** First byte that the module does not use itself. */
export const FREE = 4096;
const PAGE = 65_536;

let module: object | null = null;

/** @param bytes memory the caller needs, {@link FREE} included */
export function createKernels(bytes: number): { readonly kernels: Kernels; readonly memory: WasmMemory } {
  module ??= new wasm.Module(Buffer.from(kernelsWasm, 'base64'));
  const memory = new wasm.Memory({ initial: Math.ceil(bytes / PAGE) });
  return { kernels: new wasm.Instance(module, { env: { memory } }).exports, memory };
}
