/**
 * @file Opening a workspace: a folder with `voltcast.db` (SQLite, WAL), `objects/` (content-addressed) and `recipes/`.
 * One process writes; any number read beside it.
 */
import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../../src-preload/contract/index.ts';
import { createDatasetRepository } from './datasets.ts';
import { corruptError, openDb } from './db.ts';
import type { Db } from './db.ts';
import { createExperimentRepository } from './experiments.ts';
import { createForecastRepository } from './forecasts.ts';
import { acquireLock, currentOwner } from './lock.ts';
import type { Lock } from './lock.ts';
import { checkSchema, migrate, schemaVersionOf } from './migrations/index.ts';
import { createObjectStore, removeTemporaries } from './object-store.ts';
import { createRunRepository } from './runs.ts';
import { createSettingsRepository } from './settings.ts';
import { createStepRepository } from './steps.ts';
import type { Workspace } from './types.ts';

const dayMs = 86_400_000;

/**
 * @param path folder; made when it is not there (unless read-only)
 * @throws AppError `workspace-locked` (owner's pid in `details`), `workspace-corrupt`, `workspace-newer`,
 *   `workspace-not-found` (read-only), `disk-full`, `no-permission`
 */
export function openWorkspace(path: string, options: { readOnly?: boolean } = {}): Workspace {
  const folder = resolve(path);
  const readOnly = options.readOnly ?? false;
  const file = join(folder, 'voltcast.db');
  if (readOnly && !existsSync(file))
    throw new AppError({
      code: 'workspace-not-found',
      message: `There is no workspace in ${folder}.`,
      hint: 'Open it for writing once to create it, or give another folder.',
      place: { file: folder },
    });
  if (!readOnly) makeFolders(folder);
  const lock = readOnly ? null : acquireLock(folder);
  let db: Db | undefined;
  try {
    db = openDb(file, { readOnly });
    checkSchema(schemaVersionOf(db), { file, readOnly });
    if (lock) {
      // a full check of a large history takes seconds, so it is made when there is a reason
      if (lock.afterCrash) checkPages(db, file, 'quick_check(1)');
      migrate(db, file);
      removeTemporaries(join(folder, 'objects'), { olderThanMs: dayMs });
    }
    return assemble({ folder, file, db, lock });
  } catch (error) {
    db?.close();
    lock?.release();
    throw error;
  }
}

function makeFolders(folder: string): void {
  try {
    for (const part of ['', 'objects', 'recipes']) mkdirSync(join(folder, part), { recursive: true });
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code;
    if (
      errno !== 'EACCES' &&
      errno !== 'EPERM' &&
      errno !== 'EROFS' &&
      errno !== 'ENOTDIR' &&
      errno !== 'EEXIST'
    )
      throw error;
    throw new AppError(
      {
        code: 'no-permission',
        message: `The workspace folder cannot be made or written: ${folder} (${errno}).`,
        hint: 'Choose another folder, or open it read-only.',
        place: { file: folder },
      },
      { cause: error },
    );
  }
}

function checkPages(db: Db, file: string, check: string): void {
  const found = String(db.pragma(check));
  if (found !== 'ok') throw corruptError(file, found);
}

function assemble(parts: { folder: string; file: string; db: Db; lock: Lock | null }): Workspace {
  const { folder, file, lock } = parts;
  const readOnly = lock === null;
  const db = readOnly ? refuseWrites(parts.db, folder) : parts.db;
  const datasets = createDatasetRepository(db);
  const { summary, resolveId, ...runs } = createRunRepository(db, datasets);
  const steps = createStepRepository(db, runs);
  return {
    path: folder,
    readOnly,
    // asked each time: the writer may come and go while this one looks on
    get ownerPid() {
      return readOnly ? (currentOwner(folder)?.pid ?? null) : null;
    },
    objects: createObjectStore(join(folder, 'objects'), { readOnly }),
    schemaVersion: schemaVersionOf(db),
    close: () => {
      parts.db.close();
      lock?.release();
    },
    checkHealth: () => {
      try {
        checkPages(db, file, 'integrity_check(1)');
        const broken = db.all<{ table: string }>('SELECT "table" FROM pragma_foreign_key_check LIMIT 5');
        if (broken.length === 0) return { ok: true, message: 'The workspace database is whole.' };
        return {
          ok: false,
          message: `Rows without their parent in: ${broken.map((row) => row.table).join(', ')}.`,
        };
      } catch (error) {
        if (error instanceof AppError)
          return { ok: false, message: `${error.message} ${error.hint ?? ''}`.trim() };
        throw error;
      }
    },
    freeBytes: () => {
      try {
        const { bavail, bsize } = statfsSync(folder);
        return bavail * bsize;
      } catch {
        return null; // some network drives do not say
      }
    },
    ...datasets,
    ...runs,
    ...steps,
    getLogs: (runId, query) => steps.getLogs(resolveId(runId), query),
    ...createExperimentRepository(db, { summary }),
    ...createForecastRepository(db),
    ...createSettingsRepository(db),
  };
}

/** The first write says why it cannot be, before SQLite does. */
function refuseWrites(db: Db, folder: string): Db {
  const refuse = (): never => {
    const owner = currentOwner(folder);
    throw new AppError({
      code: 'workspace-read-only',
      message: `This workspace is open read-only (${folder}).`,
      hint: owner
        ? `Process ${owner.pid} writes it: work there, or close it and open this one again.`
        : undefined,
      details: { ownerPid: owner?.pid ?? null },
    });
  };
  return { ...db, run: refuse, exec: refuse, transaction: refuse };
}
