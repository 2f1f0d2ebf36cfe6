/** @file A network of a few thousand weights, for tests that train one. */
import { parseChronos2Config } from './config.ts';
import type { Chronos2Config } from './config.ts';

export const smallConfig = (
  layers: number,
  sizes: { readonly d_model?: number; readonly d_kv?: number; readonly d_ff?: number } = {},
): Chronos2Config =>
  parseChronos2Config({
    model_type: 't5',
    d_model: 16,
    d_kv: 8,
    d_ff: 32,
    num_layers: layers,
    num_heads: 2,
    feed_forward_proj: 'relu',
    ...sizes,
    chronos_config: {
      context_length: 64,
      input_patch_size: 8,
      input_patch_stride: 8,
      output_patch_size: 8,
      max_output_patches: 2,
      quantiles: [0.1, 0.5, 0.9],
      use_arcsinh: true,
      use_reg_token: true,
      time_encoding_scale: 64,
    },
  });
