/** @file What every command shares: the workspace it opens, where paths start, how it answers and how it fails. */
import fs from 'node:fs';
import path from 'node:path';
import { AppError, toErrorData } from '../../src-preload/contract/index.ts';
import { createApi } from '../api/router.ts';
import type { Api } from '../api/router.ts';
import { printPdfWithChromium } from '../reports/print-chromium.ts';
import { createApp } from '../services/app.ts';
import type { App } from '../services/app.ts';
import { modelsVariable } from '../services/foundation/folders.ts';
import { defaultWorkspacePath } from '../workspace/default-path.ts';
import { appVersion } from './version.ts';
import { printError, printJson } from './output.ts';

export interface GlobalFlags {
  readonly json?: boolean;
  readonly workspace?: string;
  readonly models?: string;
}

export interface Session {
  readonly app: App;
  readonly api: Api;
  readonly flags: GlobalFlags;
}

export const isFile = (name: string): boolean =>
  fs.statSync(path.resolve(name), { throwIfNoEntry: false })?.isFile() ?? false;

/** A number of steps on the command line. @throws AppError `invalid-option` */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new AppError({
      code: 'invalid-option',
      message: `${option} takes a whole number of at least 1, not "${text}".`,
      place: { key: option },
    });
  return value;
}

export function openSession(flags: GlobalFlags, access: 'read' | 'write' | 'serve'): Session {
  // run processes inherit it
  if (flags.models !== undefined) process.env[modelsVariable] = path.resolve(flags.models);
  const options = {
    workspacePath: path.resolve(flags.workspace ?? defaultWorkspacePath()),
    mode: access === 'serve' ? ('browser' as const) : ('cli' as const),
    version: appVersion(),
    printPdf: printPdfWithChromium,
  };
  let app: App;
  try {
    app = createApp(options);
  } catch (thrown) {
    const locked = thrown instanceof AppError && thrown.code === 'workspace-locked';
    if (!locked || access === 'write') throw thrown;
    if (access === 'serve') process.stderr.write(`${thrown.message} Opening it read-only.\n`);
    app = createApp({ ...options, readOnly: true });
  }
  return { app, api: createApi(app), flags };
}

/** Runs a command to its end: closes the workspace, prints the error as asked for, sets the exit code. */
export async function runCommand(
  flags: GlobalFlags,
  access: 'read' | 'write',
  body: (session: Session) => Promise<number | undefined>,
): Promise<void> {
  let session: Session | null = null;
  try {
    session = openSession(flags, access);
    process.exitCode = (await body(session)) ?? 0;
  } catch (thrown) {
    fail(flags, thrown);
  } finally {
    await session?.app.close();
  }
}

export function fail(flags: GlobalFlags, thrown: unknown): void {
  const error = toErrorData(thrown);
  if (flags.json === true) printJson({ error });
  else printError(error);
  if (error.code === 'internal' && process.env['VOLTCAST_DEBUG'] !== undefined && thrown instanceof Error)
    process.stderr.write(`${thrown.stack ?? ''}\n`);
  process.exitCode = 1;
}
