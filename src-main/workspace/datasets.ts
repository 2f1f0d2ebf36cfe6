/** @file Datasets and their versions. */
import { AppError, datasetVersionSchema, profileSchema } from '../../src-preload/contract/index.ts';
import type { DatasetSummary, DatasetVersion } from '../../src-preload/contract/index.ts';
import { parseStored } from './db.ts';
import type { Db } from './db.ts';
import { nearestHint } from './nearest.ts';
import type { Workspace } from './types.ts';

type DatasetRepository = Pick<
  Workspace,
  | 'addDatasetVersion'
  | 'listDatasets'
  | 'getDatasetVersion'
  | 'listDatasetVersions'
  | 'setTarget'
  | 'deleteDataset'
>;
interface VersionRow {
  readonly dataset: string;
  readonly version: number;
  readonly table_hash: string;
  readonly info_json: string;
  readonly profile_json: string;
}

const parseVersion = (row: Pick<VersionRow, 'dataset' | 'version' | 'info_json'>): DatasetVersion =>
  parseStored(datasetVersionSchema, row.info_json, `dataset "${row.dataset}" version ${row.version}`);

export function createDatasetRepository(db: Db): DatasetRepository {
  const exists = (dataset: string): boolean =>
    db.get('SELECT 1 FROM dataset WHERE name = ?', dataset) !== undefined;

  const notFound = (dataset: string, version?: number): AppError => {
    const isKnown = exists(dataset);
    const names = db.all<{ name: string }>('SELECT name FROM dataset ORDER BY name').map((row) => row.name);
    const versions = db
      .all<{ version: number }>(
        'SELECT version FROM dataset_version WHERE dataset = ? ORDER BY version',
        dataset,
      )
      .map((row) => row.version);
    return new AppError({
      code: 'dataset-not-found',
      message: isKnown
        ? `Dataset "${dataset}" has no version ${version}.`
        : `There is no dataset "${dataset}" in this workspace.`,
      hint: isKnown ? `Versions: ${versions.join(', ')}.` : nearestHint(dataset, names, 'dataset'),
      details: { dataset, ...(version === undefined ? {} : { version }) },
    });
  };

  const findRow = (dataset: string, version?: number): VersionRow => {
    const row =
      version === undefined
        ? db.get<VersionRow>(
            'SELECT * FROM dataset_version WHERE dataset = ? ORDER BY version DESC LIMIT 1',
            dataset,
          )
        : db.get<VersionRow>(
            'SELECT * FROM dataset_version WHERE dataset = ? AND version = ?',
            dataset,
            version,
          );
    if (!row) throw notFound(dataset, version);
    return row;
  };

  return {
    addDatasetVersion({ version: info, profile, table }) {
      return db.transaction(() => {
        const same = db.get<VersionRow>(
          'SELECT * FROM dataset_version WHERE dataset = ? AND content_hash = ?',
          info.dataset,
          info.contentHash,
        );
        if (same) return { version: parseVersion(same), created: false };
        const importedAt = Date.now();
        db.run(
          'INSERT INTO dataset (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
          info.dataset,
          importedAt,
        );
        const { next } = db.get<{ next: number }>(
          'SELECT coalesce(max(version), 0) + 1 AS next FROM dataset_version WHERE dataset = ?',
          info.dataset,
        )!;
        const version = datasetVersionSchema.parse({ ...info, version: next, importedAt });
        db.run(
          `INSERT INTO dataset_version (dataset, version, content_hash, imported_at, table_hash, info_json, profile_json)
           VALUES (?, ?, ?, ?, ?, ?, ?)`,
          info.dataset,
          next,
          info.contentHash,
          importedAt,
          table,
          JSON.stringify(version),
          JSON.stringify(profileSchema.parse(profile)),
        );
        return { version, created: true };
      });
    },

    listDatasets() {
      const rows = db.all<VersionRow & { versions: number; runs: number }>(
        `SELECT v.dataset, v.version, v.info_json,
                (SELECT count(*) FROM dataset_version c WHERE c.dataset = d.name) AS versions,
                (SELECT count(*) FROM run r WHERE r.dataset = d.name) AS runs
         FROM dataset d
         JOIN dataset_version v ON v.dataset = d.name
          AND v.version = (SELECT max(version) FROM dataset_version m WHERE m.dataset = d.name)
         ORDER BY v.imported_at DESC, d.name`,
      );
      return rows.map((row): DatasetSummary => ({
        name: row.dataset,
        versions: row.versions,
        latest: parseVersion(row),
        runs: row.runs,
      }));
    },

    getDatasetVersion(dataset, version) {
      const row = findRow(dataset, version);
      return {
        version: parseVersion(row),
        profile: parseStored(profileSchema, row.profile_json, `profile of dataset "${dataset}"`),
        table: row.table_hash,
      };
    },

    listDatasetVersions(dataset) {
      if (!exists(dataset)) throw notFound(dataset);
      return db
        .all<VersionRow>(
          'SELECT dataset, version, info_json FROM dataset_version WHERE dataset = ? ORDER BY version DESC',
          dataset,
        )
        .map(parseVersion);
    },

    setTarget(dataset, target) {
      return db.transaction(() => {
        const row = findRow(dataset);
        const info = parseVersion(row);
        const usable = info.columns.filter(
          (column) => column.kind !== 'timestamp' && column.kind !== 'series',
        );
        const names = usable.map((column) => column.name);
        if (!names.includes(target))
          throw new AppError({
            code: 'column-not-found',
            message: `Dataset "${dataset}" has no column "${target}" that could be a target.`,
            hint: nearestHint(target, names, 'column'),
            place: { column: target },
            details: { dataset, columns: names },
          });
        const changed: DatasetVersion = { ...info, target };
        db.run(
          'UPDATE dataset_version SET info_json = ? WHERE dataset = ? AND version = ?',
          JSON.stringify(changed),
          dataset,
          row.version,
        );
        return changed;
      });
    },

    deleteDataset(dataset) {
      db.transaction(() => {
        if (!exists(dataset)) throw notFound(dataset);
        const active = db.all<{ id: string }>(
          `SELECT id FROM run WHERE dataset = ? AND status IN ('queued', 'running') ORDER BY seq`,
          dataset,
        );
        if (active.length > 0)
          throw new AppError({
            code: 'dataset-in-use',
            message: `Dataset "${dataset}" is used by ${active.length} queued or running run(s).`,
            hint: 'Cancel them or wait until they end, then delete the dataset.',
            details: { runIds: active.map((row) => row.id) },
          });
        db.run('DELETE FROM dataset WHERE name = ?', dataset); // versions and runs follow by foreign key
        db.run('DELETE FROM experiment WHERE name NOT IN (SELECT experiment FROM run)');
      });
    },
  };
}
