/** @file The tensors of a checkpoint as ONNX Runtime gets them: in memory, or as places in files that it reads itself. */
import { bytesOf } from './bytes.ts';
import type { Graph, Value } from './graph.ts';
import type { OnnxTensor } from './onnx/model.ts';
import { cast } from './ops/scalar.ts';
import type { SessionOptions } from './session.ts';

export interface StoredTensors {
  /** under the names of the original's model.safetensors; in memory, or places in files of `folder` */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** where the files lie that tensors point into; null when all are in memory */
  readonly folder: string | null;
}

/**
 * Tensors as values of a graph, by name; equal names give the same value. Those of 16 bits are widened by ONNX Runtime when
 * the graph is opened.
 */
export const weightsOf =
  ({ tensors }: StoredTensors) =>
  (graph: Graph): ((name: string) => Value) => {
    const known = new Map<string, Value>();
    return (name) => {
      const value = known.get(name) ?? cast(graph.stored(name, tensors.get(name) as OnnxTensor), 'float32');
      known.set(name, value);
      return value;
    };
  };

/** Options of a session whose stored tensors lie in files of a folder. */
export function atPlace(options: SessionOptions, folder: string | null): SessionOptions {
  const { extra } = options;
  const place = folder === null ? {} : { model_external_initializers_file_folder_path: folder };
  return {
    ...options,
    extra: { ...extra, session: { ...(extra?.['session'] as object | undefined), ...place } },
  };
}

export interface FloatTensor {
  readonly type: 'float32';
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}

/** Values in memory as a tensor; they are not copied. */
export const floatTensor = (dims: readonly number[], values: Float32Array): FloatTensor => ({
  type: 'float32',
  dims,
  data: bytesOf(values),
});

/** Weights in memory as tensors, in the order of `shapes`, each of which must be there. */
export const floatTensors = (
  shapes: readonly { readonly name: string; readonly shape: readonly number[] }[],
  weights: ReadonlyMap<string, Float32Array>,
): Map<string, FloatTensor> =>
  new Map(shapes.map(({ name, shape }) => [name, floatTensor(shape, weights.get(name)!)]));
