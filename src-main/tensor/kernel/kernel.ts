/** @file The compiled kernel, typed: see assembly/index.ts. */
import { kernelBytes } from './kernel-bytes.ts';

/** The part of WebAssembly's interface that is used here; neither ES2024 nor Node's types declare it. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: unknown };
}

const wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;

export interface Kernel {
  readonly memory: ArrayBuffer;
  squaredNorm(at: number, count: number): number;
  step(
    ...args: [
      ...arrays: [weight: number, mean: number, square: number, gradient: number, count: number],
      ...numbers: [factor: number, beta1: number, rest1: number, beta2: number, rest2: number],
      ...more: [size: number, correction: number, epsilon: number, kept: number],
    ]
  ): void;
}

const pageBytes = 65_536;
/** of one memory: WebAssembly counts addresses in 32 bits */
export const mostBytes = 2 ** 32 - pageBytes;

/** @param bytes of memory, which is zero and keeps its size; at most {@link mostBytes} @throws RangeError where there is not so much */
export function openKernel(bytes: number): Kernel {
  const memory = new wasm.Memory({ initial: Math.max(1, Math.ceil(bytes / pageBytes)) });
  const module = new wasm.Module(Buffer.from(kernelBytes, 'base64'));
  const { exports } = new wasm.Instance(module, { env: { memory } });
  const { squaredNorm, step } = exports as Pick<Kernel, 'squaredNorm' | 'step'>;
  return { memory: memory.buffer, squaredNorm, step };
}
