/** @file What a migration is: one step from the schema version before it to its own. Never edited once released. */
import type { Db } from '../db.ts';

export interface Migration {
  /** equals `user_version` once applied; consecutive from 1 */
  readonly version: number;
  readonly name: string;
  up(db: Pick<Db, 'exec' | 'run' | 'all' | 'get'>): void;
}
