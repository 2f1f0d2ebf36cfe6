/** @file The tensors of a Chronos-2 checkpoint: names as in the original's model.safetensors, shapes, and how they start. */
import type { Chronos2Config } from './config.ts';

export interface ParameterInfo {
  readonly name: string;
  readonly shape: readonly number[];
  /** starting value when trained from scratch: a constant, or normal with this standard deviation */
  readonly start: { readonly constant: number } | { readonly deviation: number };
}

/** All tensors, 13 per layer and 14 more. Matrices are stored as [out, in]. Starting values as in the original's `_init_weights`. */
export function parametersOf(config: Chronos2Config): ParameterInfo[] {
  const { dModel, headSize, heads, dFf, layers, patch, quantiles, initializerFactor: factor } = config;
  const inner = heads * headSize;
  const out: ParameterInfo[] = [];
  const matrix = (name: string, shape: readonly number[], spread: number): void => {
    out.push({ name, shape, start: { deviation: factor * spread } });
  };
  const norm = (name: string): void => {
    out.push({ name, shape: [dModel], start: { constant: factor } });
  };
  const residualBlock = (name: string, from: number, to: number): void => {
    const part = (layer: string, width: number, height: number): void => {
      matrix(`${name}.${layer}.weight`, [height, width], width ** -0.5);
      out.push({ name: `${name}.${layer}.bias`, shape: [height], start: { constant: 0 } });
    };
    part('hidden_layer', from, dFf);
    part('output_layer', dFf, to);
    part('residual_layer', from, to);
  };
  matrix('shared.weight', [2, dModel], 1);
  residualBlock('input_patch_embedding', 3 * patch, dModel);
  for (let i = 0; i < layers; i++) {
    const block = `encoder.block.${i}.layer`;
    for (const layer of [0, 1]) {
      const attention = `${block}.${layer}.self_attention`;
      matrix(`${attention}.q.weight`, [inner, dModel], (dModel * headSize) ** -0.5);
      matrix(`${attention}.k.weight`, [inner, dModel], dModel ** -0.5);
      matrix(`${attention}.v.weight`, [inner, dModel], dModel ** -0.5);
      matrix(`${attention}.o.weight`, [dModel, inner], inner ** -0.5);
      norm(`${block}.${layer}.layer_norm.weight`);
    }
    matrix(`${block}.2.mlp.wi.weight`, [dFf, dModel], dModel ** -0.5);
    matrix(`${block}.2.mlp.wo.weight`, [dModel, dFf], dFf ** -0.5);
    norm(`${block}.2.layer_norm.weight`);
  }
  norm('encoder.final_layer_norm.weight');
  residualBlock('output_patch_embedding', dModel, quantiles.length * patch);
  return out;
}
