/**
 * @file One writer per workspace. The lock is an exclusive SQLite transaction on a file of its own: the operating
 * system holds it and lets go of it when the process ends, however it ends, so there is no stale lock to detect, no
 * heartbeat to miss while the process is suspended, and no pid to be mistaken for another's. The owner's pid stands in
 * a second file, for people. (The lock file itself must never be opened and closed by other means: POSIX would drop
 * the lock.)
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { AppError } from '../../src-preload/contract/index.ts';
import { explainSqlError } from './db.ts';

const lockFile = (folder: string): string => join(folder, 'voltcast.lock');
const ownerFile = (folder: string): string => join(folder, 'voltcast.owner.json');

const ownerSchema = z.object({ pid: z.number().int(), host: z.string(), since: z.number() });
export type LockOwner = z.infer<typeof ownerSchema>;

export interface Lock {
  /** true: the last owner did not let go by itself (crash, kill, power cut) */
  readonly afterCrash: boolean;
  release(): void;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');

/** @throws AppError `workspace-locked` with the owner's pid in `details` */
export function acquireLock(folder: string): Lock {
  let holder: Database.Database | undefined;
  try {
    // a reader that looks whether the lock is held keeps it for an instant: hence the short wait
    holder = new Database(lockFile(folder), { timeout: 500 });
    holder.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    holder?.close();
    if (isBusy(error)) throw lockedError(folder);
    throw explainSqlError(error, lockFile(folder));
  }
  const held = holder;
  const afterCrash = readOwner(folder) !== null;
  const owner: LockOwner = { pid: process.pid, host: hostname(), since: Date.now() };
  try {
    // rename, so that nobody reads half a pid
    const temporary = `${ownerFile(folder)}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify(owner));
    renameSync(temporary, ownerFile(folder));
  } catch (error) {
    held.close();
    throw error;
  }
  return {
    afterCrash,
    release: () => {
      if (!held.open) return;
      rmSync(ownerFile(folder), { force: true });
      held.close();
    },
  };
}

/** @returns who writes this workspace now, or null when nobody does */
export function currentOwner(folder: string): LockOwner | null {
  let probe: Database.Database | undefined;
  try {
    probe = new Database(lockFile(folder), { readonly: true, fileMustExist: true, timeout: 0 });
    probe.prepare('SELECT count(*) FROM sqlite_schema').get();
    return null;
  } catch (error) {
    return isBusy(error) ? (readOwner(folder) ?? { pid: 0, host: '', since: 0 }) : null;
  } finally {
    probe?.close();
  }
}

function readOwner(folder: string): LockOwner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(ownerFile(folder), 'utf8')));
  } catch {
    return null; // not there yet, or from a crash in the middle of a rename: only ever shown to people
  }
}

function lockedError(folder: string): AppError {
  const owner = readOwner(folder);
  const who = owner
    ? `process ${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`}`
    : 'another process';
  return new AppError({
    code: 'workspace-locked',
    message: `The workspace is open for writing in ${who} (${folder}).`,
    hint: 'Use the window that is already open, close it first, or open this workspace read-only.',
    place: { file: folder },
    details: { ownerPid: owner?.pid ?? null, host: owner?.host ?? null, since: owner?.since ?? null },
  });
}
