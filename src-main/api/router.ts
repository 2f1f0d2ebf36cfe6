/** @file The one API behind every way in: parse by the contract, call a service, answer with data. */
import { AppError, calls, toErrorData } from '../../src-preload/contract/index.ts';
import type { CallName, ErrorData, Output } from '../../src-preload/contract/index.ts';
import type { App } from '../services/app.ts';
import { datasets } from './datasets.ts';
import { requireWritable } from './handler.ts';
import type { Handler } from './handler.ts';
import { forecasts, reports } from './outputs.ts';
import { recipes } from './recipes.ts';
import { experiments, models, runs } from './runs.ts';
import { settings, system } from './system.ts';

const handlers: { readonly [K in CallName]: Handler<K> } = {
  ...system,
  ...settings,
  ...datasets,
  ...recipes,
  ...runs,
  ...experiments,
  ...models,
  ...forecasts,
  ...reports,
};

/** Calls that change the workspace; a read-only instance refuses them with one sentence instead of an SQL error. */
const writes: ReadonlySet<CallName> = new Set([
  'settings.set',
  'datasets.import',
  'datasets.importSample',
  'datasets.setTarget',
  'datasets.delete',
  'recipes.save',
  'runs.start',
  'runs.combine',
  'runs.cancel',
  'runs.resume',
  'runs.rerun',
  'runs.delete',
  'runs.tag',
  'models.promote',
  'models.import',
  'forecasts.create',
  'reports.create',
]);

export type Answer<K extends CallName = CallName> =
  { readonly result: Output<K> } | { readonly error: ErrorData };

export interface Api {
  /** @throws AppError of the service, or `unknown-call`, `invalid-input`, `read-only` */
  call<K extends CallName>(name: K, input: unknown): Promise<Output<K>>;
  /** never throws: what transports send */
  answer(name: string, input: unknown): Promise<Answer>;
}

export function isCall(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}

export function createApi(app: App): Api {
  const call = async <K extends CallName>(name: K, input: unknown): Promise<Output<K>> => {
    if (!isCall(name))
      throw new AppError({ code: 'unknown-call', message: `There is no call "${String(name)}".` });
    const parsed = calls[name].input.safeParse(input ?? {});
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const key = issue?.path.join('.') ?? '';
      throw new AppError({
        code: 'invalid-input',
        message: `${name}: ${key === '' ? '' : `${key}: `}${issue?.message ?? 'invalid input'}`,
        place: { key },
      });
    }
    if (writes.has(name)) requireWritable(app);
    // the table's type ties each name to its own input and output; a union over all names cannot express that
    const handler = handlers[name] as unknown as (app: App, input: unknown) => Output<K> | Promise<Output<K>>;
    return handler(app, parsed.data);
  };
  return {
    call,
    async answer(name, input) {
      try {
        return { result: await call(name as CallName, input) } as Answer;
      } catch (thrown) {
        return { error: toErrorData(thrown) };
      }
    },
  };
}
