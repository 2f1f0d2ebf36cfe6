/** @file Forecasts and reports: what was made from runs, kept as it was. */
import { AppError, forecastSchema, reportSchema } from '../../src-preload/contract/index.ts';
import type { ForecastSummary } from '../../src-preload/contract/index.ts';
import { parseStored } from './db.ts';
import type { Db, SqlValue } from './db.ts';
import type { Workspace } from './types.ts';

type ForecastRepository = Pick<
  Workspace,
  'addForecast' | 'listForecasts' | 'getForecast' | 'addReport' | 'listReports'
>;

export function createForecastRepository(db: Db): ForecastRepository {
  return {
    addForecast(forecast) {
      db.run(
        `INSERT INTO forecast (id, run_id, recipe, dataset, target, issued_at, origin, horizon, body_json)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        forecast.id,
        forecast.runId,
        forecast.recipe,
        forecast.dataset,
        forecast.target,
        forecast.issuedAt,
        forecast.origin,
        forecast.rows.length,
        JSON.stringify(forecastSchema.parse(forecast)),
      );
    },

    listForecasts(filter) {
      const where: string[] = [];
      const values: SqlValue[] = [];
      if (filter.dataset !== undefined) {
        where.push('dataset = ?');
        values.push(filter.dataset);
      }
      if (filter.runId !== undefined) {
        where.push('run_id = ?');
        values.push(filter.runId);
      }
      return db.all<ForecastSummary>(
        `SELECT id, run_id AS runId, recipe, dataset, target, issued_at AS issuedAt, origin, horizon
         FROM forecast ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY seq DESC`,
        ...values,
      );
    },

    getForecast(id) {
      const row = db.get<{ body_json: string }>('SELECT body_json FROM forecast WHERE id = ?', id);
      if (!row)
        throw new AppError({
          code: 'forecast-not-found',
          message: `There is no forecast "${id}" in this workspace.`,
        });
      return parseStored(forecastSchema, row.body_json, `forecast ${id}`);
    },

    addReport(report) {
      db.run(
        `INSERT INTO report (id, created_at, body_json) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, body_json = excluded.body_json`,
        report.id,
        report.createdAt,
        JSON.stringify(reportSchema.parse(report)),
      );
    },

    listReports: () =>
      db
        .all<{ id: string; body_json: string }>('SELECT id, body_json FROM report ORDER BY seq DESC')
        .map((row) => parseStored(reportSchema, row.body_json, `report ${row.id}`)),
  };
}
