/** @file What config.json of a Chronos-2 checkpoint says, under the names of the original (amazon-science/chronos-forecasting 2.3). */
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';

const size = z.number().int().min(1).max(65_536);

const chronosSchema = z.strictObject({
  context_length: z.number().int().min(1).max(1_048_576),
  input_patch_size: size,
  input_patch_stride: size,
  output_patch_size: size,
  max_output_patches: size.default(1),
  quantiles: z.array(z.number().gt(0).lt(1)).min(1).max(999),
  use_arcsinh: z.boolean().default(false),
  use_reg_token: z.boolean().default(false),
  time_encoding_scale: z.number().positive().nullish(),
});

/** Keys that only say how a checkpoint was made, or do nothing, are let through. */
const configSchema = z.looseObject({
  d_model: size,
  d_kv: size.multipleOf(2),
  d_ff: size,
  num_layers: z.number().int().min(1).max(256),
  num_heads: z.number().int().min(1).max(1024),
  dropout_rate: z.number().min(0).lt(1).default(0.1),
  layer_norm_epsilon: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().default(10_000),
  initializer_factor: z.number().positive().default(0.05),
  feed_forward_proj: z.string().default('relu'),
  chronos_config: chronosSchema,
});

export interface Chronos2Config {
  readonly dModel: number;
  /** size of one head; heads x headSize need not equal dModel */
  readonly headSize: number;
  readonly dFf: number;
  readonly layers: number;
  readonly heads: number;
  readonly dropout: number;
  readonly epsilon: number;
  readonly ropeTheta: number;
  readonly initializerFactor: number;
  readonly contextLength: number;
  /** steps in a patch, of the past and of the future alike */
  readonly patch: number;
  readonly maxOutputPatches: number;
  /** ascending */
  readonly quantiles: readonly number[];
  readonly arcsinh: boolean;
  readonly timeScale: number;
}

/** @throws AppError `chronos-config` naming the key */
export function parseChronos2Config(json: unknown): Chronos2Config {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw configError(`${issue.path.join('.') || 'config.json'}: ${issue.message}`);
  }
  const core = parsed.data;
  const own = core.chronos_config;
  if (own.output_patch_size !== own.input_patch_size)
    throw configError('output_patch_size must equal input_patch_size');
  if (own.input_patch_stride !== own.input_patch_size)
    throw configError('patches that overlap are not supported');
  if (!own.use_reg_token) throw configError('use_reg_token must be true');
  if (core.feed_forward_proj !== 'relu')
    throw configError(`feed_forward_proj "${core.feed_forward_proj}" is not supported`);
  if (own.quantiles.some((level, i) => i > 0 && level <= own.quantiles[i - 1]))
    throw configError('quantiles must ascend');
  return {
    dModel: core.d_model,
    headSize: core.d_kv,
    dFf: core.d_ff,
    layers: core.num_layers,
    heads: core.num_heads,
    dropout: core.dropout_rate,
    epsilon: core.layer_norm_epsilon,
    ropeTheta: core.rope_theta,
    initializerFactor: core.initializer_factor,
    contextLength: own.context_length,
    patch: own.input_patch_size,
    maxOutputPatches: own.max_output_patches,
    quantiles: own.quantiles,
    arcsinh: own.use_arcsinh,
    timeScale: own.time_encoding_scale ?? own.context_length,
  };
}

const configError = (what: string): AppError => chronosConfigError('Chronos-2', what);

/** @param kind `Chronos-2`, `Chronos-Bolt`, `Chronos-T5` */
export const chronosConfigError = (kind: string, what: string): AppError =>
  new AppError({
    code: 'chronos-config',
    message: `This is not a ${kind} configuration that Voltcast can run: ${what}.`,
    hint: `Use the files of an official ${kind} model (voltcast models library lists them), or of one fine-tuned from it.`,
    details: { kind },
  });
