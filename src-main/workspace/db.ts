/** @file A thin layer over better-sqlite3: cached statements, and every SQLite failure as an AppError that says what to do. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { z } from 'zod';
import { AppError } from '../../src-preload/contract/index.ts';

export type SqlValue = string | number | bigint | Uint8Array | null;

export interface Db {
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  /** @returns number of rows changed */
  run(sql: string, ...values: SqlValue[]): number;
  exec(sql: string): void;
  /** All or nothing; nests. Durable when it returns (synchronous=FULL). */
  transaction<T>(work: () => T): T;
  pragma(text: string): unknown;
  close(): void;
}
/** For screens and reports: cannot write by accident. */
export type ReadDb = Pick<Db, 'all' | 'get'>;

export function openDb(file: string, options: { readOnly: boolean }): Db {
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explainSqlError(error, file);
    }
  };
  const raw = guard(
    () =>
      new Database(file, { readonly: options.readOnly, fileMustExist: options.readOnly, timeout: 10_000 }),
  );
  const statements = new Map<string, Database.Statement<SqlValue[]>>();
  const prepare = (sql: string): Database.Statement<SqlValue[]> => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = raw.prepare<SqlValue[]>(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  try {
    guard(() => {
      if (!options.readOnly) {
        raw.pragma('journal_mode = WAL');
        // a power cut must not take back a finished step or a champion that was already shown
        raw.pragma('synchronous = FULL');
        raw.pragma('journal_size_limit = 67108864');
      }
      raw.pragma('foreign_keys = ON');
      // reads the header and the schema: a file that is no database fails here and not at the first query
      raw.prepare('SELECT count(*) FROM sqlite_schema').get();
    });
  } catch (error) {
    raw.close();
    throw error;
  }
  return {
    all: <Row>(sql: string, ...values: SqlValue[]) => guard(() => prepare(sql).all(...values) as Row[]),
    get: <Row>(sql: string, ...values: SqlValue[]) =>
      guard(() => prepare(sql).get(...values) as Row | undefined),
    run: (sql, ...values) => guard(() => prepare(sql).run(...values).changes),
    exec: (sql) => guard(() => void raw.exec(sql)),
    transaction: (work) => guard(() => raw.transaction(work).immediate()),
    pragma: (text) => guard(() => raw.pragma(text, { simple: true })),
    close: () => {
      if (raw.open) guard(() => raw.close());
    },
  };
}

/** SQLite's result codes as causes a user can act on. */
export function explainSqlError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  const cause = { cause: error };
  if (code === 'SQLITE_FULL' || (code.startsWith('SQLITE_IOERR') && isDiskFull(file)))
    return new AppError(
      {
        code: 'disk-full',
        message: `The disk that holds the workspace is full (${dirname(file)}).`,
        hint: 'Free some space and try again: what was finished before is kept.',
        place: { file },
      },
      cause,
    );
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT'))
    return corruptError(file, message, error);
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM')
    return new AppError(
      {
        code: 'workspace-read-only',
        message: `The workspace database cannot be written: ${message} (${file}).`,
        place: { file },
      },
      cause,
    );
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new AppError(
      {
        code: 'workspace-busy',
        message: `Another program holds the workspace database (${file}).`,
        hint: 'Close database browsers and backup tools that have it open, then try again.',
        place: { file },
      },
      cause,
    );
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_CANTOPEN')
    return new AppError(
      {
        code: 'workspace-io',
        message: `The workspace database cannot be read or written: ${message} (${file}).`,
        hint: 'Check that the folder exists, that the drive is connected, and that you may write there.',
        place: { file },
      },
      cause,
    );
  return error;
}

export function corruptError(file: string, found: string, cause?: unknown): AppError {
  return new AppError(
    {
      code: 'workspace-corrupt',
      message: `The workspace database is damaged: ${found} (${file}).`,
      hint:
        `Nothing was changed or deleted. Restore ${file} from a backup, or rename it (with its -wal and -shm files) ` +
        'and start again: datasets and models in objects/ and your recipes stay where they are. ' +
        `"sqlite3 FILE .recover" can save most of a damaged history.`,
      place: { file },
      details: { found },
    },
    { cause },
  );
}

/** Less than one SQLite page times a few left: an I/O error there is a full disk in disguise. */
function isDiskFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < 65_536;
  } catch {
    return false;
  }
}

/** What an older version wrote is parsed again, so a changed shape shows here and not in a screen. */
export function parseStored<T extends z.ZodType>(schema: T, text: string, what: string): z.output<T> {
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new AppError(
    {
      code: 'workspace-record-unreadable',
      message: `A stored record cannot be read: ${what}, ${issue.path.join('.') || 'value'}: ${issue.message}.`,
      hint: 'It was written by another version of the app. Update the app, or delete the record.',
    },
    { cause: parsed.error },
  );
}
