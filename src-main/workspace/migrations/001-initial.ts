/** @file First schema: datasets, runs with steps, logs and metrics, experiments, forecasts, reports, settings. */
import type { Migration } from './migration.ts';

export const initial: Migration = {
  version: 1,
  name: 'initial',
  up: (db) =>
    db.exec(`
CREATE TABLE dataset (
  name TEXT PRIMARY KEY NOT NULL,
  created_at REAL NOT NULL
) STRICT;

CREATE TABLE dataset_version (
  dataset TEXT NOT NULL REFERENCES dataset(name) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  content_hash TEXT NOT NULL,
  imported_at REAL NOT NULL,
  table_hash TEXT NOT NULL,
  info_json TEXT NOT NULL,
  profile_json TEXT NOT NULL,
  PRIMARY KEY (dataset, version),
  UNIQUE (dataset, content_hash)
) STRICT;

CREATE TABLE run (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  experiment TEXT NOT NULL REFERENCES experiment(name) DEFERRABLE INITIALLY DEFERRED,
  dataset TEXT NOT NULL,
  dataset_version INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued','running','succeeded','failed','cancelled','interrupted')),
  queue_position INTEGER,
  recipe_name TEXT NOT NULL,
  model_type TEXT NOT NULL,
  task TEXT NOT NULL,
  target TEXT,
  unit TEXT,
  attempt INTEGER NOT NULL DEFAULT 1,
  created_at REAL NOT NULL,
  started_at REAL,
  finished_at REAL,
  fraction REAL NOT NULL DEFAULT 0,
  current_step TEXT,
  eta_ms REAL,
  owner_pid INTEGER,
  heartbeat_at REAL,
  result_at REAL,
  horizon INTEGER,
  split_key TEXT,
  skill REAL,
  thresholds_met INTEGER,
  parent_run_id TEXT,
  tags_json TEXT NOT NULL DEFAULT '{}',
  error_json TEXT,
  baseline_json TEXT,
  -- large and read one run at a time: last, so that a list never touches their overflow pages
  thresholds_json TEXT NOT NULL DEFAULT '[]',
  recipe_json TEXT NOT NULL,
  recipe_text TEXT NOT NULL,
  FOREIGN KEY (dataset, dataset_version) REFERENCES dataset_version(dataset, version) ON DELETE CASCADE
) STRICT;
-- each index ends in the rowid, which is seq: filter and order come from one index
CREATE INDEX run_by_experiment ON run(experiment);
CREATE INDEX run_by_dataset ON run(dataset, dataset_version);
CREATE INDEX run_by_status ON run(status);
-- set while queued, and only then
CREATE INDEX run_queue ON run(queue_position) WHERE queue_position IS NOT NULL;

CREATE TABLE run_metric (
  run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value REAL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_step (
  run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  step TEXT NOT NULL,
  status TEXT NOT NULL,
  started_at REAL,
  duration_ms REAL,
  fraction REAL,
  message TEXT,
  inputs_json TEXT NOT NULL,
  outputs_json TEXT NOT NULL,
  error_json TEXT,
  PRIMARY KEY (run_id, attempt, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_log (
  run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at REAL NOT NULL,
  step TEXT,
  attempt INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_artifact (
  run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

-- what finished steps left behind, for every run that comes to the same key
CREATE TABLE finished_step (
  key TEXT PRIMARY KEY NOT NULL,
  outputs_json TEXT NOT NULL,
  user_json TEXT NOT NULL,
  recorded_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment (
  name TEXT PRIMARY KEY NOT NULL,
  dataset TEXT NOT NULL,
  created_at REAL NOT NULL,
  champion TEXT REFERENCES run(id) ON DELETE SET NULL
) STRICT;
CREATE INDEX experiment_by_champion ON experiment(champion);

CREATE TABLE forecast (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  recipe TEXT NOT NULL,
  dataset TEXT NOT NULL,
  target TEXT NOT NULL,
  issued_at REAL NOT NULL,
  origin REAL NOT NULL,
  horizon INTEGER NOT NULL,
  body_json TEXT NOT NULL
) STRICT;
CREATE INDEX forecast_by_run ON forecast(run_id);
CREATE INDEX forecast_by_dataset ON forecast(dataset);

CREATE TABLE report (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  created_at REAL NOT NULL,
  body_json TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
  key TEXT PRIMARY KEY NOT NULL,
  value_json TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`),
};
