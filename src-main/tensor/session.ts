/** @file Running a graph in ONNX Runtime. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Graph } from './graph.ts';
import { encodeOnnx } from './onnx/encode.ts';

/** @param options execution providers, threads and optimisation, as ONNX Runtime names them */
export function openSession(
  graph: Graph,
  options: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  return InferenceSession.create(encodeOnnx(graph.toOnnx()), { logSeverityLevel: 3, ...options });
}

export { Tensor };
export type { InferenceSession };
