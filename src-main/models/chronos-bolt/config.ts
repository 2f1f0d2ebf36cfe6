/** @file What config.json of a Chronos-Bolt checkpoint says, under the names of the original (amazon-science/chronos-forecasting 2.3). */
import { z } from 'zod';
import { chronosConfigError } from '../chronos/config.ts';
import { t5Config, t5Keys, t5Tensors } from '../t5/config.ts';
import type { T5Config, TensorShape } from '../t5/config.ts';

const size = z.number().int().min(1).max(65_536);

/** Keys that only say how a checkpoint was made, or do nothing, are let through. */
const configSchema = z.looseObject({
  ...t5Keys,
  chronos_config: z.strictObject({
    context_length: z.number().int().min(1).max(1_048_576),
    prediction_length: z.number().int().min(1).max(65_536),
    input_patch_size: size,
    input_patch_stride: size,
    quantiles: z.array(z.number().gt(0).lt(1)).min(1).max(999),
    use_reg_token: z.boolean().default(false),
  }),
});

export interface BoltConfig {
  readonly t5: T5Config;
  readonly contextLength: number;
  /** steps of one pass; more are made by going on */
  readonly predictionLength: number;
  /** steps in a patch */
  readonly patch: number;
  /** ascending */
  readonly quantiles: readonly number[];
  /** a token without time stands at the end of the context */
  readonly regToken: boolean;
}

/** @throws AppError `chronos-config` naming the key */
export function parseBoltConfig(json: unknown): BoltConfig {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw chronosConfigError('Chronos-Bolt', `${issue.path.join('.') || 'config.json'}: ${issue.message}`);
  }
  const own = parsed.data.chronos_config;
  const t5 = t5Config(parsed.data);
  const refuse = (what: string): never => {
    throw chronosConfigError('Chronos-Bolt', what);
  };
  if (own.input_patch_stride !== own.input_patch_size) refuse('patches that overlap are not supported');
  if (own.quantiles.some((level, i) => i > 0 && level <= own.quantiles[i - 1]))
    refuse('quantiles must ascend');
  if (t5.start >= (own.use_reg_token ? 2 : 1)) refuse('decoder_start_token_id: there is no such token');
  return {
    t5,
    contextLength: own.context_length,
    predictionLength: own.prediction_length,
    patch: own.input_patch_size,
    quantiles: own.quantiles,
    regToken: own.use_reg_token,
  };
}

/** All tensors of a checkpoint, under the names of the original's model.safetensors. */
export function boltTensors({ t5, patch, quantiles, predictionLength, regToken }: BoltConfig): TensorShape[] {
  const { dModel, dFf } = t5;
  const block = (name: string, from: number, to: number): TensorShape[] =>
    [
      ['hidden_layer', from, dFf] as const,
      ['output_layer', dFf, to] as const,
      ['residual_layer', from, to] as const,
    ].flatMap(([layer, width, height]) => [
      { name: `${name}.${layer}.weight`, shape: [height, width] },
      { name: `${name}.${layer}.bias`, shape: [height] },
    ]);
  return [
    { name: 'shared.weight', shape: [regToken ? 2 : 1, dModel] },
    ...block('input_patch_embedding', 2 * patch, dModel),
    ...t5Tensors(t5),
    ...block('output_patch_embedding', dModel, quantiles.length * predictionLength),
  ];
}
