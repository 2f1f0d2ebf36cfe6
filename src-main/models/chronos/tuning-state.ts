/** @file What a training has reached, as bytes from which it can go on: tensors as safetensors, the rest in its metadata. */
import { z } from 'zod';
import { readSafetensors, safetensorsParts } from '../../tensor/safetensors.ts';
import { floatTensor } from '../../tensor/stored.ts';
import type { FloatTensor } from '../../tensor/stored.ts';
import type { FineTuneState } from './fine-tune.ts';
import type { Trained } from './training-graphs.ts';

/** Training curves up to there. */
export type Losses = readonly (readonly [name: string, step: number, value: number])[];

const count = z.number().int().nonnegative();
const metaSchema = z.object({
  step: count,
  best: z.object({ step: count, share: z.number().min(0).max(1).default(1), loss: z.number() }).nullable(),
  waited: count,
  windows: count.min(1),
  lossScale: z.object({ value: z.number().min(1), steps: count }).optional(),
  losses: z.array(z.tuple([z.string(), z.number(), z.number()])),
});
const kinds = ['weight', 'mean', 'square', 'best'] as const;
const format = 'voltcast-training-1';

/** @param trained what the training moves, with its shapes */
export function encodeState(state: FineTuneState, losses: Losses, trained: readonly Trained[]): Uint8Array[] {
  const { trainer, best, waited, windows } = state;
  const tensors = new Map<string, FloatTensor>();
  const maps = {
    weight: trainer.weights,
    mean: trainer.means,
    square: trainer.squares,
    best: best?.weights ?? null,
  };
  for (const kind of kinds)
    for (const { name, shape } of trained) {
      const values = maps[kind]?.get(name);
      if (values !== undefined) tensors.set(`${kind}:${name}`, floatTensor(shape, values));
    }
  const meta: z.input<typeof metaSchema> = {
    step: trainer.step,
    best: best && { step: best.step, share: best.share, loss: best.loss },
    waited,
    windows,
    ...(trainer.lossScale ? { lossScale: trainer.lossScale } : {}),
    losses: losses.map(([name, step, value]) => [name, step, value]),
  };
  return safetensorsParts(tensors, { format, state: JSON.stringify(meta) });
}

/** @returns null for bytes that do not hold a state of this training: it then begins anew */
export function decodeState(
  bytes: Uint8Array,
  trained: readonly Trained[],
): { readonly state: FineTuneState; readonly losses: Losses } | null {
  try {
    const { tensors, metadata } = readSafetensors(bytes, 'training state');
    if (metadata['format'] !== format) return null;
    const { losses, best, step, waited, windows, lossScale } = metaSchema.parse(
      JSON.parse(metadata['state'] ?? ''),
    );
    const of = (kind: (typeof kinds)[number]): Map<string, Float32Array> =>
      new Map(
        trained.map(({ name, shape }) => {
          const tensor = tensors.get(`${kind}:${name}`);
          if (tensor?.type !== 'float32' || tensor.dims.join() !== shape.join()) throw new Error(name);
          const { buffer, byteOffset, length } = tensor.data;
          return [name, new Float32Array(buffer, byteOffset, length / 4)];
        }),
      );
    const state: FineTuneState = {
      trainer: {
        step,
        weights: of('weight'),
        means: of('mean'),
        squares: of('square'),
        ...(lossScale ? { lossScale } : {}),
      },
      best: best && { ...best, weights: of('best') },
      waited,
      windows,
    };
    return { state, losses };
  } catch {
    return null;
  }
}
