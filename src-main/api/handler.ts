/** @file The shape of a procedure: parsed input in, contract output out. */
import type { CallName, Output, ParsedInput } from '../../src-preload/contract/index.ts';
import type { App } from '../services/app.ts';

export type Handler<K extends CallName> = (app: App, input: ParsedInput<K>) => Output<K> | Promise<Output<K>>;
export type Handlers<P extends string> = { readonly [K in Extract<CallName, `${P}.${string}`>]: Handler<K> };
