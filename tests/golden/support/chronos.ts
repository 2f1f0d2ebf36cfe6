/** @file The small Chronos-2 checkpoint of the golden file, and the file itself. */
import { readFileSync } from 'node:fs';
import { parseChronos2Config } from '../../../src-main/models/chronos/config.ts';
import { parametersOf } from '../../../src-main/models/chronos/parameters.ts';
import type { Checkpoint } from '../../../src-main/models/chronos/runner.ts';
import { weightByFormula } from './formula.ts';

export const golden = JSON.parse(readFileSync(new URL('../chronos-2.json', import.meta.url), 'utf8')) as Record<string, unknown> & {
  weight_check: Record<string, { first4: readonly number[]; sum: number }>;
};
export const config = parseChronos2Config(golden['config']);

export const weightOf = (name: string, shape: readonly number[]): Float32Array =>
  weightByFormula(name, shape, config.headSize);

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
