/** @file What config.json of a Chronos-T5 checkpoint says, under the names of the original (amazon-science/chronos-forecasting 2.3). */
import { z } from 'zod';
import { chronosConfigError } from '../chronos/config.ts';
import { t5Config, t5Keys, t5Tensors } from '../t5/config.ts';
import type { T5Config, TensorShape } from '../t5/config.ts';

const token = z.number().int().min(0).max(1_000_000);

/** Keys that only say how a checkpoint was made, or do nothing, are let through. */
const configSchema = z.looseObject({
  ...t5Keys,
  vocab_size: z.number().int().min(2).max(1_000_000),
  tie_word_embeddings: z.boolean().default(true),
  chronos_config: z.looseObject({
    tokenizer_class: z.literal('MeanScaleUniformBins'),
    tokenizer_kwargs: z.looseObject({ low_limit: z.number(), high_limit: z.number() }),
    n_tokens: z.number().int().min(4).max(1_000_000),
    n_special_tokens: z.number().int().min(1).max(1000),
    pad_token_id: token,
    eos_token_id: token,
    use_eos_token: z.boolean(),
    model_type: z.literal('seq2seq'),
    context_length: z.number().int().min(1).max(65_536),
    prediction_length: z.number().int().min(1).max(65_536),
    num_samples: z.number().int().min(1).max(10_000).default(20),
    temperature: z.number().positive().default(1),
    top_k: z.number().int().min(0).default(50),
    top_p: z.number().gt(0).max(1).default(1),
  }),
});

/** How values become tokens: bins of one width between two limits, in units of the series' mean size. */
export interface Bins {
  readonly low: number;
  readonly high: number;
  readonly tokens: number;
  readonly special: number;
  readonly pad: number;
  readonly eos: number;
  /** the context ends with an EOS token */
  readonly endsWithEos: boolean;
}

/** How the next token is drawn. */
export interface Draw {
  readonly samples: number;
  readonly temperature: number;
  /** only so many of the likeliest tokens; 0: all */
  readonly topK: number;
  /** only the likeliest tokens that make up this share; 1: all */
  readonly topP: number;
}

export interface ChronosT5Config {
  readonly t5: T5Config;
  readonly vocabulary: number;
  /** the decoder's output is scaled before it is compared with the tokens */
  readonly scaled: boolean;
  readonly bins: Bins;
  readonly contextLength: number;
  /** steps of one pass; more are made by going on */
  readonly predictionLength: number;
  readonly draw: Draw;
}

/** @throws AppError `chronos-config` naming the key */
export function parseChronosT5Config(json: unknown): ChronosT5Config {
  const parsed = configSchema.safeParse(json);
  const refuse = (what: string): never => {
    throw chronosConfigError('Chronos-T5', what);
  };
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse(`${issue.path.join('.') || 'config.json'}: ${issue.message}`);
  }
  const { data } = parsed;
  const own = data.chronos_config;
  const { low_limit: low, high_limit: high } = own.tokenizer_kwargs;
  if (low >= high) refuse('tokenizer_kwargs: low_limit must be below high_limit');
  if (own.n_tokens - own.n_special_tokens - 1 < 2) refuse('n_tokens: there are no bins');
  if (own.n_tokens > data.vocab_size) refuse('n_tokens is more than vocab_size');
  if (Math.max(own.pad_token_id, own.eos_token_id) >= own.n_special_tokens)
    refuse('pad_token_id and eos_token_id must be below n_special_tokens');
  if (data.decoder_start_token_id >= data.vocab_size)
    refuse('decoder_start_token_id: there is no such token');
  return {
    t5: t5Config(data),
    vocabulary: data.vocab_size,
    scaled: data.tie_word_embeddings,
    bins: {
      low,
      high,
      tokens: own.n_tokens,
      special: own.n_special_tokens,
      pad: own.pad_token_id,
      eos: own.eos_token_id,
      endsWithEos: own.use_eos_token,
    },
    contextLength: own.context_length,
    predictionLength: own.prediction_length,
    draw: { samples: own.num_samples, temperature: own.temperature, topK: own.top_k, topP: own.top_p },
  };
}

/** All tensors that a checkpoint must have; some also have a `lm_head.weight` of the shape of `shared.weight`. */
export const chronosT5Tensors = ({ t5, vocabulary }: ChronosT5Config): TensorShape[] => [
  { name: 'shared.weight', shape: [vocabulary, t5.dModel] },
  ...t5Tensors(t5),
];
