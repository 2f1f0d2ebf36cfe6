/** @file Weights by formula, so that a golden file need not hold them: a generator per tensor, seeded by its name. */
import type { OnnxTensor } from '../../../src-main/tensor/onnx/model.ts';

export function weightByFormula(name: string, shape: readonly number[], headSize: number): Float32Array {
  let state = 2166136261;
  for (const char of name) state = Math.imul(state ^ char.charCodeAt(0), 16777619) >>> 0;
  const [centre, spread] = centreAndSpread(name, shape, headSize);
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    values[i] = centre + spread * (2 * (((t ^ (t >>> 14)) >>> 0) / 4294967296) - 1);
  }
  return values;
}

function centreAndSpread(name: string, shape: readonly number[], headSize: number): readonly [number, number] {
  if (name.endsWith('layer_norm.weight')) return [1, 0.25];
  if (name.endsWith('.bias')) return [0, 0.1];
  if (name === 'shared.weight') return [0, 1];
  return [0, Math.sqrt(3 / (shape[1] ?? 1)) * (/ttention\.q\.weight$/.test(name) ? Math.sqrt(1 / headSize) : 1)];
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
