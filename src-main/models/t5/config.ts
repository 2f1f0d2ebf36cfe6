/** @file What config.json of a T5 encoder-decoder says of its layers (Raffel et al., 2020), under the names of transformers. */
import { z } from 'zod';

const size = z.number().int().min(1).max(65_536);
const depth = z.number().int().min(1).max(256);

/** Keys of the layers; others are for whoever uses the layers. */
export const t5Keys = {
  d_model: size,
  d_kv: size,
  d_ff: size,
  num_layers: depth,
  num_decoder_layers: depth.nullish(),
  num_heads: z.number().int().min(1).max(1024),
  layer_norm_epsilon: z.number().positive().default(1e-6),
  relative_attention_num_buckets: z.number().int().min(4).max(4096).default(32),
  relative_attention_max_distance: z.number().int().min(2).max(65_536).default(128),
  // the released Chronos models have no other
  feed_forward_proj: z.literal('relu').default('relu'),
  decoder_start_token_id: z.number().int().min(0).max(1_000_000).default(0),
};
type Keys = z.infer<z.ZodObject<typeof t5Keys>>;

export interface T5Config {
  readonly dModel: number;
  /** size of one head; heads x headSize need not equal dModel */
  readonly headSize: number;
  readonly dFf: number;
  readonly layers: number;
  readonly decoderLayers: number;
  readonly heads: number;
  readonly epsilon: number;
  /** kinds of distance between two tokens, each with a bias of its own */
  readonly buckets: number;
  /** tokens further apart are all the same to each other */
  readonly maxDistance: number;
  /** token that a decoder begins with */
  readonly start: number;
}

export const t5Config = (keys: Keys): T5Config => ({
  dModel: keys.d_model,
  headSize: keys.d_kv,
  dFf: keys.d_ff,
  layers: keys.num_layers,
  decoderLayers: keys.num_decoder_layers ?? keys.num_layers,
  heads: keys.num_heads,
  epsilon: keys.layer_norm_epsilon,
  buckets: keys.relative_attention_num_buckets,
  maxDistance: keys.relative_attention_max_distance,
  start: keys.decoder_start_token_id,
});

/** A tensor of a checkpoint: matrices are stored as [out, in]. */
export interface TensorShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The tensors of both stacks, without the table of tokens and what stands around the stacks. */
export function t5Tensors({
  dModel,
  headSize,
  heads,
  dFf,
  buckets,
  layers,
  decoderLayers,
}: T5Config): TensorShape[] {
  const inner = heads * headSize;
  const out: TensorShape[] = [];
  const attention = (name: string): void => {
    for (const letter of ['q', 'k', 'v'])
      out.push({ name: `${name}.${letter}.weight`, shape: [inner, dModel] });
    out.push({ name: `${name}.o.weight`, shape: [dModel, inner] });
  };
  const stack = (name: string, depth: number, crosses: boolean): void => {
    for (let i = 0; i < depth; i++) {
      const block = `${name}.block.${i}.layer`;
      attention(`${block}.0.SelfAttention`);
      if (i === 0)
        out.push({
          name: `${block}.0.SelfAttention.relative_attention_bias.weight`,
          shape: [buckets, heads],
        });
      if (crosses) attention(`${block}.1.EncDecAttention`);
      const last = crosses ? 2 : 1;
      out.push({ name: `${block}.${last}.DenseReluDense.wi.weight`, shape: [dFf, dModel] });
      out.push({ name: `${block}.${last}.DenseReluDense.wo.weight`, shape: [dModel, dFf] });
      for (let layer = 0; layer <= last; layer++)
        out.push({ name: `${block}.${layer}.layer_norm.weight`, shape: [dModel] });
    }
    out.push({ name: `${name}.final_layer_norm.weight`, shape: [dModel] });
  };
  stack('encoder', layers, false);
  stack('decoder', decoderLayers, true);
  return out;
}
