/** @file One thing that is loaded from the other side, as a state with a shape of its own. */
import { toErrorData } from '../../src-preload/contract/errors.ts';
import type { ErrorData } from '../../src-preload/contract/errors.ts';

export type Resource<T> =
  | { readonly status: 'idle' }
  /** `value`: what was there before, shown while the new one comes */
  | { readonly status: 'loading'; readonly value: T | null }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: ErrorData; readonly value: T | null };

export const idle: { readonly status: 'idle' } = { status: 'idle' };

export const valueOf = <T>(resource: Resource<T>): T | null =>
  resource.status === 'idle' ? null : resource.value;

export const loading = <T>(before: Resource<T>): Resource<T> => ({
  status: 'loading',
  value: valueOf(before),
});

export const failed = <T>(before: Resource<T>, thrown: unknown): Resource<T> => ({
  status: 'failed',
  error: toErrorData(thrown),
  value: valueOf(before),
});
