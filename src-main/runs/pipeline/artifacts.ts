/** @file What steps hand to each other, read back with the checks an older version's output deserves. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Frame } from '../../data/frame.ts';
import { readTable, writeTable } from '../../data/table-store.ts';
import type { SplitPlan } from '../../metrics/split.ts';
import type { StepContext } from '../step.ts';

export const frameMetaSchema = z.object({
  resolutionMs: z.number().positive(),
  timezone: z.string(),
  units: z.record(z.string(), z.string().nullable()),
  series: z.string().nullable(),
  rows: z.number().int(),
  start: z.number(),
  end: z.number(),
});
export type FrameMeta = z.infer<typeof frameMetaSchema>;

export const checkSchema = z.object({
  code: z.string(),
  level: z.enum(['ok', 'warning', 'error']),
  message: z.string(),
});
export const validationSchema = z.object({
  checks: z.array(checkSchema),
  /** regression: the same-instant columns that go in; forecast: empty */
  features: z.array(z.string()),
  /** columns left out because they give the target away */
  leaking: z.array(z.string()),
});
export type Check = z.infer<typeof checkSchema>;
export type Validation = z.infer<typeof validationSchema>;

export const splitSchema = z.object({
  plan: z.object({
    trainEnd: z.number().int(),
    testStart: z.number().int(),
    origins: z.array(z.number().int()),
    horizon: z.number().int(),
    gap: z.number().int(),
    season: z.object({ day: z.number(), week: z.number() }),
    splitKey: z.string(),
  }),
  cleaning: z.object({ filled: z.number(), clipped: z.number() }),
  features: z.array(z.string()),
});
export interface SplitArtifact {
  readonly plan: SplitPlan;
  readonly cleaning: { readonly filled: number; readonly clipped: number };
  /** names of the matrix columns, empty for models that take the series itself */
  readonly features: readonly string[];
}

export function parseArtifact<T>(name: string, schema: z.ZodType<T>, content: unknown): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new AppError({
    code: 'artifact-unreadable',
    message:
      `${name} does not have the form this version writes: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}`.trim(),
    hint: 'Run the recipe again.',
    place: { file: name },
  });
}

export const readMeta = (context: StepContext): FrameMeta =>
  parseArtifact('frame.json', frameMetaSchema, context.readJson('frame.json'));

/** The grid as measured (`frame.parquet`) or with the cleaned target (`clean.parquet`). */
export function readFrame(context: StepContext, name: 'frame.parquet' | 'clean.parquet'): Frame {
  const meta = readMeta(context);
  return readTable(context.objects.path(context.artifact(name).hash), {}, meta);
}

export function writeFrame(
  context: StepContext,
  name: 'frame.parquet' | 'clean.parquet',
  frame: Frame,
): void {
  context.write(name, tableBytes(frame));
}

/** A frame as Parquet bytes; polars writes files, so one is made and read back. */
export function tableBytes(frame: Frame): Uint8Array {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'voltcast-'));
  try {
    const file = path.join(folder, 'table.parquet');
    writeTable([{ series: null, frame }], file);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const readValidation = (context: StepContext): Validation =>
  parseArtifact('validation.json', validationSchema, context.readJson('validation.json'));

export function readSplit(context: StepContext): SplitArtifact {
  const read = parseArtifact('split.json', splitSchema, context.readJson('split.json'));
  return { ...read, plan: { ...read.plan, origins: Int32Array.from(read.plan.origins) } };
}

export function writeSplit(context: StepContext, split: SplitArtifact): void {
  context.writeJson('split.json', {
    ...split,
    plan: { ...split.plan, origins: Array.from(split.plan.origins) },
  });
}

/** 35040 -> `35,040` */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
/** Four significant digits without trailing zeros, and `–` for nothing. */
export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value)
    ? '–'
    : String(Number(value.toPrecision(4)));
