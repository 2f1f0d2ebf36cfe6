/** @file The tensors of a checkpoint as ONNX Runtime gets them. */
import type { Graph, Value } from '../../tensor/graph.ts';
import type { OnnxTensor } from '../../tensor/onnx/model.ts';
import { cast } from '../../tensor/ops/scalar.ts';
import type { SessionOptions } from '../../tensor/session.ts';
import type { Weights } from './layers.ts';

export interface StoredTensors {
  /** under the names of the original's model.safetensors; in memory, or places in files of `folder` */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** where the files lie that tensors point into; null when all are in memory */
  readonly folder: string | null;
}

export const weightsOf =
  ({ tensors }: StoredTensors) =>
  (graph: Graph): Weights => {
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
  return { ...options, extra: { ...extra, session: { ...(extra?.['session'] as object | undefined), ...place } } };
}
