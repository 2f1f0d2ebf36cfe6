/** @file The small Chronos-2 checkpoint of the golden file, and the file itself. */
import { readFileSync } from 'node:fs';
import { parseChronos2Config } from '../../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../../src-main/models/chronos/parameters.ts';
import type { Checkpoint } from '../../../src-main/models/chronos/runner.ts';

export const golden = JSON.parse(readFileSync(new URL('../chronos-2.json', import.meta.url), 'utf8')) as Record<string, unknown> & {
  weight_check: Record<string, { first4: readonly number[]; sum: number }>;
};
export const config = parseChronos2Config(golden['config']);

/** Weights by formula, a generator per tensor, seeded by its name. */
export function weightOf(name: string, shape: readonly number[]): Float32Array {
  let hash = 2166136261;
  for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
  let state = hash;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const spread = Math.sqrt(3 / (shape[1] ?? 1)) * (name.endsWith('self_attention.q.weight') ? Math.sqrt(1 / config.headSize) : 1);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    const u = 2 * next() - 1;
    if (name.endsWith('layer_norm.weight')) return 1 + 0.25 * u;
    if (name.endsWith('.bias')) return 0.1 * u;
    return name === 'shared.weight' ? u : spread * u;
  });
}

export const checkpoint: Checkpoint = {
  config,
  folder: null,
  tensors: new Map(
    parametersOf(config).map(({ name, shape }) => [
      name,
      { type: 'float32', dims: shape, data: new Uint8Array(weightOf(name, shape).buffer) },
    ]),
  ),
};
