/**
 * @file Low-rank adaptation of a Chronos-2 checkpoint, with the names and defaults of the original (peft 0.18 below
 * chronos-forecasting 2.3): W + alpha / rank x B A, where only A and B are trained.
 * @see Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", arXiv 2106.09685
 */
import type { Chronos2Config } from './config.ts';
import { parametersOf } from './parameters.ts';
import { createRandom } from '../random.ts';

export interface LoraOptions {
  /** peft: r */
  readonly rank: number;
  /** peft: lora_alpha */
  readonly alpha: number;
  /** ends of the names of linear layers (peft: target_modules) */
  readonly targets: readonly string[];
}

/** The original's: every projection of both attentions, and the last layer of the head. */
export const defaultLora: LoraOptions = {
  rank: 8,
  alpha: 16,
  targets: [
    'self_attention.q',
    'self_attention.k',
    'self_attention.v',
    'self_attention.o',
    'output_patch_embedding.output_layer',
  ],
};

export interface AdapterInfo {
  /** of the weight that is adapted, in the checkpoint */
  readonly weight: string;
  /** names as in adapter_model.safetensors */
  readonly a: { readonly name: string; readonly shape: readonly [number, number] };
  readonly b: { readonly name: string; readonly shape: readonly [number, number] };
}

/** The adapters of a checkpoint, in the order of its tensors: A is [rank, in], B is [out, rank]. */
export function adaptersOf(config: Chronos2Config, { rank, targets }: LoraOptions): AdapterInfo[] {
  return parametersOf(config).flatMap(({ name, shape }) => {
    if (!name.endsWith('.weight') || shape.length !== 2) return [];
    const layer = name.slice(0, -'.weight'.length);
    // a whole part of the name: "q" is not the end of "seq"
    if (!targets.some((target) => layer === target || layer.endsWith(`.${target}`))) return [];
    const [height, width] = shape;
    const place = `base_model.model.${layer}`;
    return [
      {
        weight: name,
        a: { name: `${place}.lora_A.weight`, shape: [rank, width] },
        b: { name: `${place}.lora_B.weight`, shape: [height, rank] },
      },
    ];
  });
}

/** A uniform within 1 / sqrt(in), B zero: training starts from the checkpoint's own forecasts. */
export function initialAdapters(
  config: Chronos2Config,
  lora: LoraOptions,
  seed: number,
): Map<string, Float32Array> {
  return new Map(
    adaptersOf(config, lora).flatMap(({ a, b }, i) => {
      const random = createRandom(seed, 31, i);
      const bound = a.shape[1] ** -0.5;
      const values = Float32Array.from(
        { length: a.shape[0] * a.shape[1] },
        () => (2 * random.next() - 1) * bound,
      );
      return [[a.name, values] as const, [b.name, new Float32Array(b.shape[0] * b.shape[1])] as const];
    }),
  );
}

/**
 * The checkpoint's weights with the adapters added to them; others are passed on as they are.
 * @param weights by name; those that are adapted are copied
 */
export function mergeAdapters(
  config: Chronos2Config,
  lora: LoraOptions,
  weights: ReadonlyMap<string, Float32Array>,
  adapters: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  const merged = new Map(weights);
  const scale = lora.alpha / lora.rank;
  for (const { weight, a, b } of adaptersOf(config, lora)) {
    const [rank, width] = a.shape;
    const [height] = b.shape;
    const [left, right] = [adapters.get(b.name)!, adapters.get(a.name)!];
    const sum = weights.get(weight)!.slice();
    for (let o = 0; o < height; o++)
      for (let i = 0; i < width; i++) {
        let added = 0;
        for (let r = 0; r < rank; r++) added += left[o * rank + r] * right[r * width + i];
        sum[o * width + i] += scale * added;
      }
    merged.set(weight, sum);
  }
  return merged;
}

/** `adapter_config.json` as peft reads it. @param base what the adapter is to be put on, a name of the hub or a folder */
export function adapterConfig({ rank, alpha, targets }: LoraOptions, base: string): Record<string, unknown> {
  return {
    auto_mapping: { base_model_class: 'Chronos2Model', parent_library: 'chronos.chronos2.model' },
    base_model_name_or_path: base,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: 0,
    peft_type: 'LORA',
    r: rank,
    rank_pattern: {},
    alpha_pattern: {},
    target_modules: [...targets],
    task_type: null,
    use_dora: false,
    use_rslora: false,
  };
}
