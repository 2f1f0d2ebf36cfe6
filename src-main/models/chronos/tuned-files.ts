/** @file A checkpoint that was trained further, as the files that chronos-forecasting and peft read. */
import { writeSafetensors } from '../../tensor/safetensors.ts';
import { floatTensors } from '../../tensor/stored.ts';
import { adapterConfig, adaptersOf, mergeAdapters } from './adapters.ts';
import type { LoraOptions } from './adapters.ts';
import { parseChronos2Config } from './config.ts';
import { parametersOf } from './parameters.ts';

export const tunedFileNames = [
  'config.json',
  'model.safetensors',
  'adapter_config.json',
  'adapter_model.safetensors',
] as const;
export type TunedFileName = (typeof tunedFileNames)[number];

/**
 * config.json after training, as the original writes it: the context and the patches ahead grow to what was trained. What the
 * time encoding is measured in stays, so it has to be said from now on.
 */
export function tunedConfig(
  json: Readonly<Record<string, unknown>>,
  trained: { readonly context: number; readonly horizon: number },
): Record<string, unknown> {
  const before = parseChronos2Config(json);
  return {
    ...json,
    // weights are trained and written in 32 bits
    torch_dtype: 'float32',
    ...('dtype' in json ? { dtype: 'float32' } : {}),
    chronos_config: {
      ...(json['chronos_config'] as Record<string, unknown>),
      context_length: Math.max(before.contextLength, trained.context),
      max_output_patches: Math.max(before.maxOutputPatches, Math.ceil(trained.horizon / before.patch)),
      time_encoding_scale: before.timeScale,
    },
  };
}

/**
 * @param base the checkpoint's weights before, by name
 * @param trained all of them, or with `lora` the adapters
 * @param name what the adapters are to be put on, for peft
 * @returns the weights a forecast needs, and the files; adapters are merged into the weights and stand beside them too
 */
export function tunedFiles(
  config: Readonly<Record<string, unknown>>,
  base: ReadonlyMap<string, Float32Array>,
  trained: ReadonlyMap<string, Float32Array>,
  lora: LoraOptions | null,
  name: string,
): {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly files: () => Map<TunedFileName, Uint8Array>;
} {
  const parsed = parseChronos2Config(config);
  const weights = lora === null ? trained : mergeAdapters(parsed, lora, base, trained);
  const files = (): Map<TunedFileName, Uint8Array> => {
    const out = new Map<TunedFileName, Uint8Array>([
      ['config.json', new TextEncoder().encode(configText(config))],
      ['model.safetensors', writeSafetensors(floatTensors(parametersOf(parsed), weights))],
    ]);
    if (lora !== null) {
      out.set('adapter_config.json', text(adapterConfig(lora, name)));
      const adapters = adaptersOf(parsed, lora).flatMap(({ a, b }) => [a, b]);
      out.set('adapter_model.safetensors', writeSafetensors(floatTensors(adapters, trained)));
    }
    return out;
  };
  return { weights, files };
}

/** Python's loaders refuse `1` where they expect a fraction, and JSON of JavaScript knows no `1.0`. */
const fractions =
  /"(dropout_rate|classifier_dropout|layer_norm_epsilon|rope_theta|initializer_factor)": (\d+)(?=[,\n])/g;

/** config.json of a Chronos-2 as transformers reads it. */
export const configText = (config: unknown): string =>
  `${JSON.stringify(config, null, 2).replace(fractions, '"$1": $2.0')}\n`;

const text = (json: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`);
