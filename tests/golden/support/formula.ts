/** @file Weights by formula, so that a golden file need not hold them: a generator per tensor, seeded by its name. */
import type { OnnxTensor } from '../../../src-main/tensor/onnx/model.ts';

export function weightByFormula(name: string, shape: readonly number[], headSize: number): Float32Array {
  let hash = 2166136261;
  for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
  let state = hash;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const spread = Math.sqrt(3 / (shape[1] ?? 1)) * (/ttention\.q\.weight$/.test(name) ? Math.sqrt(1 / headSize) : 1);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    const u = 2 * next() - 1;
    if (name.endsWith('layer_norm.weight')) return 1 + 0.25 * u;
    if (name.endsWith('.bias')) return 0.1 * u;
    return name === 'shared.weight' ? u : spread * u;
  });
}

/** Tensors of a checkpoint in memory. */
export const formulaTensors = (
  wanted: readonly { readonly name: string; readonly shape: readonly number[] }[],
  headSize: number,
): Map<string, OnnxTensor & { readonly data: Uint8Array }> =>
  new Map(
    wanted.map(({ name, shape }) => [
      name,
      { type: 'float32', dims: shape, data: new Uint8Array(weightByFormula(name, shape, headSize).buffer) },
    ]),
  );
