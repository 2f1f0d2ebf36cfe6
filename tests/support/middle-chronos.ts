/** @file A Chronos-2 of a size at which ONNX Runtime shares products among threads, with weights by a seed. */
import { parseChronos2Config } from '../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../src-main/models/chronos/parameters.ts';
import type { Checkpoint } from '../../src-main/models/chronos/runner.ts';
import { createRandom } from '../../src-main/models/random.ts';

/** Content of config.json. */
export const middleConfig = {
  architectures: ['Chronos2Model'],
  chronos_pipeline_class: 'Chronos2Pipeline',
  model_type: 't5',
  d_model: 256,
  d_kv: 64,
  d_ff: 2048,
  num_layers: 2,
  num_heads: 4,
  feed_forward_proj: 'relu',
  chronos_config: {
    context_length: 2048,
    input_patch_size: 16,
    input_patch_stride: 16,
    output_patch_size: 16,
    max_output_patches: 4,
    quantiles: [0.1, 0.5, 0.9],
    use_arcsinh: true,
    use_reg_token: true,
    time_encoding_scale: 2048,
  },
};
export const config = parseChronos2Config(middleConfig);
const random = createRandom(3);
export const checkpoint: Checkpoint = {
  config,
  folder: null,
  tensors: new Map(
    parametersOf(config).map(({ name, shape }) => {
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
        name.endsWith('norm.weight') ? 1 : (2 * random.next() - 1) / Math.sqrt(shape[1] ?? 1),
      );
      return [name, { type: 'float32', dims: shape, data: new Uint8Array(values.buffer) }];
    }),
  ),
};

export const series = (length: number, row: number): Float32Array =>
  Float32Array.from(
    { length },
    (_, i) => 100 + 30 * Math.sin((2 * Math.PI * i) / 96 + row) + ((i * 31 + row * 7) % 11),
  );
