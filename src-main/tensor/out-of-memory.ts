/** @file Whether a session failed for want of memory, by what ONNX Runtime's providers and the process itself say then. */

const signs = [
  /out of memory/i, // CUDA, WebGPU, Metal
  /failed to allocate/i, // the arena of ONNX Runtime
  /bad[_ ]?alloc/i, // the C++ library
  /allocation failed/i, // V8, for array buffers
  /E_OUTOFMEMORY|8007000E/i, // DirectML
  /CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED/,
];

/** True for what `InferenceSession.create` and `run` throw when the device's memory, or the machine's, is too small. */
export function isOutOfMemory(thrown: unknown): boolean {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return signs.some((sign) => sign.test(text));
}
