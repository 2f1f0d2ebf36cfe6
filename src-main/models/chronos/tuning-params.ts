/** @file Parameters of a Chronos-2 that is trained further, named as in chronos-forecasting's `fit`, peft and the Hugging Face trainer. */
import { z } from 'zod';
import { defaultLora } from './adapters.ts';
import { zeroShotParamsSchema } from './zero-shot.ts';

const auto = z.literal('auto');
const steps = z.number().int().min(1).max(1_000_000);

export const tuningParamsSchema = z.strictObject({
  checkpoint: zeroShotParamsSchema.shape.checkpoint,
  finetune_mode: z
    .enum(['full', 'lora'])
    .default('full')
    .describe(
      'full: every weight is trained; lora: only adapters of low rank, with a fraction of the memory',
    ),
  lora_r: z
    .number()
    .int()
    .min(1)
    .max(256)
    .default(defaultLora.rank)
    .describe('Rank of the adapters (peft: r)'),
  lora_alpha: z
    .number()
    .positive()
    .max(10_000)
    .default(defaultLora.alpha)
    .describe('Adapters count by alpha / rank (peft: lora_alpha)'),
  lora_target_modules: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(100)
    .default([...defaultLora.targets])
    .describe('Ends of the names of the linear layers that get an adapter (peft: target_modules)'),
  num_steps: steps.default(300).describe('Steps of training, at most (chronos-forecasting: 1000)'),
  learning_rate: z
    .union([auto, z.number().positive().max(1)])
    .default('auto')
    .describe(
      'Of the first step; falls to 0 in a straight line. auto: by the size of the model, 1e-5 for the official one (ten times that for lora)',
    ),
  batch_size: z
    .number()
    .int()
    .min(1)
    .max(65_536)
    .default(32)
    .describe(
      'Series of a batch, covariates counted too (chronos-forecasting: 256). Halved where memory runs out',
    ),
  gradient_accumulation_steps: z
    .number()
    .int()
    .min(1)
    .max(4096)
    .default(1)
    .describe('Batches whose gradients make one step. Doubled where memory runs out'),
  context_length: z
    .union([auto, z.number().int().min(16).max(1_000_000)])
    .default('auto')
    .describe(
      'Steps of the past that are read, in training and in forecasts; auto: 8 horizons, at least 512, at most what the model was made for, which a small model reads all of',
    ),
  prediction_length: z
    .union([auto, steps])
    .default('auto')
    .describe('Steps ahead that are trained; auto: forecast.horizon and split.gap'),
  min_past: z
    .union([auto, steps])
    .default('auto')
    .describe('Least steps of the past in a training window; auto: prediction_length'),
  validation_share: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe('Newest part of the training rows that decides which step is best; 0: the last one is'),
  eval_steps: steps.default(20).describe('Steps between looks at that part (chronos-forecasting: 100)'),
  early_stopping_patience: z
    .union([z.null(), z.number().int().min(1).max(10_000)])
    .default(5)
    .describe('Looks without a better forecast before training ends; null: it never ends early'),
  precision: z
    .enum(['auto', 'fp32', 'fp16'])
    .default('auto')
    .describe(
      'fp16: products of 16 bits on a graphics card that has them, in training and in forecasts; weights and all else keep 32. auto: 32 bits',
    ),
  refit: z
    .boolean()
    .default(true)
    .describe(
      'The model for use is trained again on all rows, for as many steps as were best; false: the one that was tested is used, in half the time',
    ),
});
export type TuningParams = z.infer<typeof tuningParamsSchema>;
