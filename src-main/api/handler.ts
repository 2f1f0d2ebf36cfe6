/** @file The shape of a procedure: parsed input in, contract output out. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { CallName, Output, ParsedInput } from '../../src-preload/contract/index.ts';
import type { App } from '../services/app.ts';

export type Handler<K extends CallName> = (app: App, input: ParsedInput<K>) => Output<K> | Promise<Output<K>>;
export type Handlers<P extends string> = { readonly [K in Extract<CallName, `${P}.${string}`>]: Handler<K> };

/** One sentence instead of an SQL error. @throws AppError `read-only` */
export function requireWritable({ workspace }: App): void {
  if (!workspace.readOnly) return;
  throw new AppError({
    code: 'read-only',
    message: 'This window is read-only, because another Voltcast has the workspace open.',
    hint: 'Close the other one and open this again.',
    details: { ownerPid: workspace.ownerPid },
  });
}
