/** @file What the parameters of a training come to for a checkpoint and a horizon. */
import { parseChronos2Config } from './config.ts';
import type { Chronos2Config } from './config.ts';
import type { FineTuneOptions } from './fine-tune.ts';
import type { TuningParams } from './tuning-params.ts';

/**
 * @param json content of the checkpoint's config.json
 * @param reach steps ahead that the recipe asks for, its gap included
 */
export function planTuning(
  params: TuningParams,
  json: unknown,
  reach: number,
): Omit<FineTuneOptions, 'validation' | 'seed' | 'session' | 'open'> {
  const model = parseChronos2Config(json);
  const horizon = params.prediction_length === 'auto' ? reach : params.prediction_length;
  return {
    context: params.context_length === 'auto' ? autoContext(model, horizon) : params.context_length,
    horizon,
    rows: params.batch_size,
    leastPast: params.min_past === 'auto' ? horizon : params.min_past,
    steps: params.num_steps,
    rate: params.learning_rate === 'auto' ? autoRate(model, params.finetune_mode) : params.learning_rate,
    lora:
      params.finetune_mode === 'full'
        ? null
        : { rank: params.lora_r, alpha: params.lora_alpha, targets: params.lora_target_modules },
    accumulate: params.gradient_accumulation_steps,
    evaluateEvery: params.eval_steps,
    patience: params.early_stopping_patience,
  };
}

/**
 * A large model reads a week before a day ahead, and a day more: steps take time in proportion. A small one takes all it was made for:
 * it is fast, and forecasts less well from less.
 */
function autoContext({ dModel, contextLength, patch }: Chronos2Config, horizon: number): number {
  if (dModel < 512) return contextLength;
  return Math.min(contextLength, Math.ceil(Math.max(512, 8 * horizon) / patch) * patch);
}

/** What the original's quick start takes for 768 dimensions; a smaller model bears, and needs, more. */
function autoRate({ dModel }: Chronos2Config, mode: TuningParams['finetune_mode']): number {
  const full = 1e-5 * Math.max(1, (768 / dModel) ** 2);
  return Number((mode === 'full' ? full : 10 * full).toPrecision(2));
}
