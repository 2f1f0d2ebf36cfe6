/** @file What a run finds out about itself, such as the device its trees were grown on. */
import type { Migration } from './migration.ts';

export const runFacts: Migration = {
  version: 2,
  name: 'run-facts',
  up(db) {
    db.exec("ALTER TABLE run ADD COLUMN facts_json TEXT NOT NULL DEFAULT '{}'");
  },
};
