/** @file All migrations in order, and how a database comes to the newest of them. */
import { existsSync } from 'node:fs';
import { AppError } from '../../../src-preload/contract/index.ts';
import type { Db } from '../db.ts';
import { initial } from './001-initial.ts';
import { runFacts } from './002-run-facts.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [initial, runFacts];
export const latestSchema = migrations.at(-1)!.version;

export const schemaVersionOf = (db: Pick<Db, 'pragma'>): number => Number(db.pragma('user_version'));

/** @throws AppError `workspace-newer` or `workspace-needs-update` when this app cannot use the database as it is */
export function checkSchema(version: number, options: { file: string; readOnly: boolean }): void {
  const place = { file: options.file };
  const details = { schemaVersion: version, latest: latestSchema };
  if (version > latestSchema)
    throw new AppError({
      code: 'workspace-newer',
      message: `This workspace has schema ${version}; this version of the app knows schemas up to ${latestSchema}.`,
      hint: 'Update the app: a newer one has written to this workspace. Nothing was changed.',
      place,
      details,
    });
  if (options.readOnly && version < latestSchema)
    throw new AppError({
      code: 'workspace-needs-update',
      message: `This workspace has schema ${version}; reading it needs schema ${latestSchema}.`,
      hint: 'Open it once for writing: it is then brought up to date.',
      place,
      details,
    });
}

/** Each migration in a transaction of its own together with the version, so a kill leaves one or the other. */
export function migrate(db: Db, file: string, list: readonly Migration[] = migrations): number {
  const from = schemaVersionOf(db);
  const last = list.at(-1)!.version;
  if (from > 0 && from < last) {
    const copy = `${file}.schema-${from}.bak`;
    // a way back from a migration gone wrong; a copy that is there already is of the same schema and older: keep it
    if (!existsSync(copy)) db.run('VACUUM INTO ?', copy);
  }
  for (const migration of list) {
    if (migration.version <= from) continue;
    db.transaction(() => {
      migration.up(db);
      db.pragma(`user_version = ${migration.version}`);
    });
  }
  return schemaVersionOf(db);
}
