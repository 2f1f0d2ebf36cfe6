/** @file What `final-model.json` holds: the model for use and what it must be given. */
import { z } from 'zod';

export const signatureSchema = z.object({
  target: z.string(),
  unit: z.string().nullable(),
  series: z.string().nullable(),
  frequency: z.string(),
  timezone: z.string(),
  /** steps */
  horizon: z.number().int().positive(),
  task: z.string(),
  /** columns the model must be given besides the target */
  inputs: z.array(
    z.object({
      name: z.string(),
      role: z.enum(['past', 'known', 'same-instant']),
      unit: z.string().nullable(),
    }),
  ),
  /** first row of the grid it was trained on: row numbers count from here, UTC ms */
  start: z.number(),
  /** last reading of the target it has seen, UTC ms */
  end: z.number(),
});
export type Signature = z.infer<typeof signatureSchema>;

/** What `final-model.json` holds. `model` is read by `reviveModel`. */
export const finalModelSchema = z.object({
  format: z.literal('voltcast-final-model'),
  version: z.literal(1),
  signature: signatureSchema,
  /** quantiles below 0 become 0 */
  nonNegative: z.boolean(),
  model: z.unknown(),
});
export type FinalModel = z.infer<typeof finalModelSchema>;
