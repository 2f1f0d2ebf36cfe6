/** @file Errors as they cross every border: a code for programs, a sentence for people, and where to look. */
import { z } from 'zod';

/** Where in the user's input the cause lies; every field is optional because not every cause has a place. */
export const errorPlaceSchema = z.object({
  file: z.string().optional(),
  line: z.number().int().optional(),
  column: z.union([z.number().int(), z.string()]).optional(),
  key: z.string().optional(),
});

export const errorDataSchema = z.object({
  /** kebab-case, stable, one per cause */
  code: z.string(),
  /** one sentence that says what was expected, what was found */
  message: z.string(),
  /** what to do next */
  hint: z.string().optional(),
  place: errorPlaceSchema.optional(),
  /** machine-readable facts: the choices of a question, the nearest key, the owner's pid */
  details: z.record(z.string(), z.unknown()).optional(),
});
export type ErrorPlace = z.infer<typeof errorPlaceSchema>;
export type ErrorData = z.infer<typeof errorDataSchema>;

/** The one error class with a code: thrown anywhere, turned into {@link ErrorData} at every border. */
export class AppError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly place: ErrorPlace | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(data: ErrorData, options?: { cause?: unknown }) {
    super(data.message, options);
    this.name = 'AppError';
    this.code = data.code;
    this.hint = data.hint;
    this.place = data.place;
    this.details = data.details;
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.place === undefined ? {} : { place: this.place }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Anything thrown, as data. Node's errno codes that users meet get a sentence of their own. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof AppError) return thrown.toData();
  if (thrown instanceof Error) {
    const errno = (thrown as Error & { code?: unknown }).code;
    if (errno === 'ENOSPC')
      return {
        code: 'disk-full',
        message: 'The disk is full.',
        hint: 'Free some space and resume: completed steps are kept.',
      };
    if (errno === 'ENOENT') return { code: 'file-not-found', message: thrown.message };
    if (errno === 'EACCES' || errno === 'EPERM') return { code: 'no-permission', message: thrown.message };
    return { code: 'internal', message: thrown.message || thrown.name };
  }
  return { code: 'internal', message: String(thrown) };
}

/** For the default branch of a switch over a closed union. */
export function assertNever(value: never): never {
  throw new AppError({ code: 'internal', message: `Unexpected case: ${JSON.stringify(value)}` });
}
