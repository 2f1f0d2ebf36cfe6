/** @file The part of WebAssembly's interface that is used here; neither ES2024 nor Node's types declare it. */

export interface WasmSharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Older views of the buffer stay valid, and as long as they were. */
  grow(pages: number): number;
}

export type WasmModule = object;

interface Wasm {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => WasmSharedMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmSharedMemory } },
  ) => { readonly exports: unknown };
}

export const wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;
