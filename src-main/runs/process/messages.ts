/** @file All that the services and a run process say to each other. What comes from the run process is parsed on arrival. */
import { z } from 'zod';
import {
  artifactRefSchema,
  baselineSchema,
  errorDataSchema,
  metricsSchema,
  runDetailSchema,
  stepIds,
  stepViewSchema,
} from '../../../src-preload/contract/index.ts';
import type { ErrorData } from '../../../src-preload/contract/index.ts';
import type { StepRecord } from '../../workspace/types.ts';
import type { RunSpec } from '../step.ts';

export interface StartMessage {
  readonly type: 'start';
  readonly spec: RunSpec;
  readonly attempt: number;
  readonly objectsFolder: string;
  /** URL of a module that exports `pipeline`; null: the app's own */
  readonly pipelineModule: string | null;
  /** the run process ends itself when this one is gone */
  readonly parentPid: number;
}

export type ToRun =
  | StartMessage
  | { readonly type: 'found-step'; readonly seq: number; readonly record: StepRecord | null }
  /** the numbered message was committed and survives a power cut */
  | { readonly type: 'committed'; readonly seq: number }
  | { readonly type: 'refused'; readonly seq: number; readonly error: ErrorData };

const seq = z.number().int();
const stepId = z.enum(stepIds);
const recordSchema = z.object({
  key: z.string(),
  outputs: z.array(artifactRefSchema),
  user: z.array(z.string()),
});
export const runResultSchema = z.object({
  metrics: metricsSchema,
  skill: z.number().nullable(),
  baseline: baselineSchema.nullable(),
  splitKey: z.string(),
  horizon: z.number().int().nullable(),
  thresholds: runDetailSchema.shape.thresholds,
  facts: z.record(z.string(), z.string()).optional(),
});

export const fromRunSchema = z.discriminatedUnion('type', [
  /** the steps it will do, in order, with their share of the time */
  z.object({ type: z.literal('plan'), steps: z.array(z.object({ id: stepId, weight: z.number() })) }),
  z.object({ type: z.literal('find-step'), seq, key: z.string() }),
  z.object({ type: z.literal('step-started'), step: stepViewSchema }),
  /** counts as finished once it is answered with `committed` */
  z.object({
    type: z.literal('step-finished'),
    seq,
    step: stepViewSchema,
    record: recordSchema.nullable(),
    artifacts: z.array(artifactRefSchema),
    result: runResultSchema.nullable(),
  }),
  z.object({
    type: z.literal('progress'),
    step: stepId,
    fraction: z.number(),
    message: z.string().nullable(),
  }),
  z.object({
    type: z.literal('log'),
    at: z.number(),
    step: stepId.nullable(),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
  }),
  z.object({ type: z.literal('curve'), name: z.string(), x: z.number(), y: z.number() }),
  z.object({ type: z.literal('succeeded'), seq }),
  z.object({ type: z.literal('failed'), seq, step: stepViewSchema.nullable(), error: errorDataSchema }),
]);
export type FromRun = z.infer<typeof fromRunSchema>;
/** a message that waits for an answer, before it has its number */
export type Request = FromRun extends infer M ? (M extends { seq: number } ? Omit<M, 'seq'> : never) : never;
