/** @file What the families share when they read `model.params`. */
import type { z } from 'zod';
import { AppError } from '../../src-preload/contract/index.ts';

export function paramsError(error: z.ZodError): AppError {
  const issue = error.issues[0];
  const key = ['model', 'params', ...issue.path].join('.');
  return new AppError({
    code: 'model-params',
    message: `${key}: ${issue.message}`,
    hint: 'See the parameter list of this model in the recipe editor.',
    place: { key },
  });
}

/** @throws AppError `model-params` naming the key */
export function parseParams<T>(schema: z.ZodType<T>, raw: unknown): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw paramsError(result.error);
}
