/** @file Runs: written down before they run, read back for lists and screens. */
import { randomBytes } from 'node:crypto';
import { AppError, metricNames, recipeSchema } from '../../src-preload/contract/index.ts';
import type { RunSummary } from '../../src-preload/contract/index.ts';
import { parseStored } from './db.ts';
import type { Db, SqlValue } from './db.ts';
import {
  factsSchema,
  finiteOrNull,
  flattenParams,
  selectRuns,
  summaryOf,
  tagsSchema,
  thresholdsSchema,
} from './run-rows.ts';
import type { RunRow } from './run-rows.ts';
import { readArtifacts, readSteps } from './steps.ts';
import type { Workspace } from './types.ts';

type RunRepository = Pick<
  Workspace,
  | 'createRun'
  | 'listRuns'
  | 'getRun'
  | 'getRunRequest'
  | 'queuedRuns'
  | 'deleteRun'
  | 'setRunStatus'
  | 'heartbeat'
  | 'setRunProgress'
  | 'setRunResult'
  | 'setTags'
> & { summary(id: string): RunSummary; resolveId(idOrPrefix: string): string };

/** 48 random bits: short enough to type its first letters, no clash below millions of runs. */
const newRunId = (): string => randomBytes(6).toString('hex');

const isActive = "status IN ('queued', 'running')";
const nextPosition =
  '(SELECT coalesce(max(queue_position), 0) + 1 FROM run WHERE queue_position IS NOT NULL)';

export function createRunRepository(db: Db, datasets: Pick<Workspace, 'getDatasetVersion'>): RunRepository {
  const resolveId = (wanted: string): string => {
    const rows = db.all<{ id: string }>(
      'SELECT id FROM run WHERE id >= ? AND id < ? ORDER BY id LIMIT 9',
      wanted,
      `${wanted}\u{10ffff}`,
    );
    const exact = rows.find((row) => row.id === wanted);
    if (exact) return exact.id;
    if (wanted !== '' && rows.length === 1) return rows[0]!.id;
    throw rows.length === 0 || wanted === ''
      ? new AppError({
          code: 'run-not-found',
          message: `There is no run "${wanted}" in this workspace.`,
          hint: 'The list of runs shows the ids; the first letters of one are enough.',
          details: { id: wanted },
        })
      : new AppError({
          code: 'run-ambiguous',
          message: `More than one run begins with "${wanted}": ${rows.map((row) => row.id).join(', ')}.`,
          hint: 'Give more letters of the id.',
          details: { id: wanted, ids: rows.map((row) => row.id) },
        });
  };
  const row = (id: string): RunRow => db.get<RunRow>(`${selectRuns} WHERE r.id = ?`, resolveId(id))!;
  const summary = (id: string): RunSummary => summaryOf(row(id));

  return {
    resolveId,
    summary,

    createRun(run) {
      const { version } = datasets.getDatasetVersion(run.dataset, run.datasetVersion);
      const target = run.recipe.data.target ?? version.target;
      const unit = version.columns.find((column) => column.name === target)?.unit ?? null;
      const id = newRunId();
      db.transaction(() => {
        const now = Date.now();
        db.run(
          'INSERT INTO experiment (name, dataset, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
          run.experiment,
          run.dataset,
          now,
        );
        db.run(
          `INSERT INTO run (id, experiment, dataset, dataset_version, status, queue_position, recipe_name, model_type,
             task, target, unit, created_at, parent_run_id, tags_json, recipe_json, recipe_text)
           VALUES (?, ?, ?, ?, 'queued', ${nextPosition}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          id,
          run.experiment,
          run.dataset,
          run.datasetVersion,
          run.recipeName,
          run.recipe.model.type,
          run.recipe.task,
          target,
          unit,
          now,
          run.parentRunId,
          JSON.stringify(tagsSchema.parse(run.tags)),
          JSON.stringify(recipeSchema.parse(run.recipe)),
          run.recipeText,
        );
      });
      return summary(id);
    },

    listRuns(filter) {
      const where: string[] = [];
      const values: SqlValue[] = [];
      for (const key of ['experiment', 'dataset', 'status'] as const) {
        const value = filter[key];
        if (value === undefined) continue;
        where.push(`r.${key} = ?`);
        values.push(value);
      }
      const condition = where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '';
      const rows = db.all<RunRow>(
        `${selectRuns}${condition} ORDER BY r.seq DESC LIMIT ? OFFSET ?`,
        ...values,
        filter.limit,
        filter.offset,
      );
      const { total } = db.get<{ total: number }>(
        `SELECT count(*) AS total FROM run r${condition}`,
        ...values,
      )!;
      return { runs: rows.map(summaryOf), total };
    },

    getRun(id) {
      const found = row(id);
      const more = db.get<{
        recipe_json: string;
        recipe_text: string;
        thresholds_json: string;
        facts_json: string;
      }>('SELECT recipe_json, recipe_text, thresholds_json, facts_json FROM run WHERE id = ?', found.id)!;
      return {
        ...summaryOf(found),
        steps: readSteps(db, found.id, found.attempt),
        recipeText: more.recipe_text,
        params: {
          ...flattenParams(JSON.parse(more.recipe_json) as unknown),
          ...parseStored(factsSchema, more.facts_json, `facts of run ${found.id}`),
        },
        artifacts: readArtifacts(db, found.id),
        thresholds: parseStored(thresholdsSchema, more.thresholds_json, `thresholds of run ${found.id}`),
        owner: { pid: found.owner_pid, heartbeatAt: found.heartbeat_at },
      };
    },

    getRunRequest(id) {
      const runId = resolveId(id);
      const stored = db.get<{
        recipe_name: string;
        recipe_text: string;
        recipe_json: string;
        dataset: string;
        dataset_version: number;
        experiment: string;
        tags_json: string;
        parent_run_id: string | null;
      }>('SELECT * FROM run WHERE id = ?', runId)!;
      return {
        id: runId,
        recipeName: stored.recipe_name,
        recipeText: stored.recipe_text,
        recipe: parseStored(recipeSchema, stored.recipe_json, `recipe of run ${runId}`),
        dataset: stored.dataset,
        datasetVersion: stored.dataset_version,
        experiment: stored.experiment,
        tags: parseStored(tagsSchema, stored.tags_json, `tags of run ${runId}`),
        parentRunId: stored.parent_run_id,
      };
    },

    queuedRuns: () =>
      db
        .all<{ id: string }>(`SELECT id FROM run WHERE queue_position IS NOT NULL ORDER BY queue_position`)
        .map((queued) => queued.id),

    deleteRun(id) {
      db.transaction(() => {
        const run = summary(id);
        if (run.status === 'queued' || run.status === 'running')
          throw new AppError({
            code: 'run-active',
            message: `Run ${run.id} is ${run.status} and cannot be deleted.`,
            hint: 'Cancel it first.',
            details: { runId: run.id, status: run.status },
          });
        db.run('DELETE FROM run WHERE id = ?', run.id);
        db.run(
          'DELETE FROM experiment WHERE name = ? AND name NOT IN (SELECT experiment FROM run)',
          run.experiment,
        );
      });
    },

    setRunStatus(id, status, more = {}) {
      const now = Date.now();
      const set = ['status = ?'];
      const values: SqlValue[] = [status];
      const assign = (column: string, value: SqlValue): void => {
        set.push(`${column} = ?`);
        values.push(value);
      };
      if (more.error !== undefined) assign('error_json', more.error ? JSON.stringify(more.error) : null);
      if (more.pid !== undefined) assign('owner_pid', more.pid);
      if (more.attempt !== undefined) assign('attempt', more.attempt);
      if (status === 'queued') {
        set.push(`queue_position = ${nextPosition}`, 'fraction = 0', 'current_step = NULL');
        set.push('started_at = NULL', 'finished_at = NULL', 'owner_pid = NULL', 'heartbeat_at = NULL');
      } else set.push('queue_position = NULL');
      if (status === 'running') {
        assign('started_at', now);
        assign('heartbeat_at', now);
        set.push('finished_at = NULL', 'fraction = 0', 'current_step = NULL');
      }
      if (status !== 'queued' && status !== 'running') {
        // a run cancelled while it waited never started: its duration stays unknown
        assign('finished_at', now);
        // a list must say where a run broke off; a run that was only waiting broke off nowhere
        set.push(
          status === 'succeeded'
            ? 'current_step = NULL'
            : `current_step = COALESCE((SELECT step FROM run_step WHERE run_id = run.id AND attempt = run.attempt
                 AND status IN ('failed', 'cancelled', 'interrupted') LIMIT 1), current_step)`,
        );
      }
      if (status === 'succeeded') set.push('fraction = 1');
      set.push('eta_ms = NULL');
      const changed = db.run(`UPDATE run SET ${set.join(', ')} WHERE id = ?`, ...values, id);
      if (changed === 0) resolveId(id); // says run-not-found
      return summary(id);
    },

    heartbeat(id, pid) {
      db.run('UPDATE run SET heartbeat_at = ?, owner_pid = ? WHERE id = ?', Date.now(), pid, id);
    },

    setRunProgress(id, fraction, etaMs, step) {
      db.run(
        `UPDATE run SET fraction = ?, eta_ms = ?, current_step = ? WHERE id = ? AND ${isActive}`,
        Math.min(1, Math.max(0, fraction)),
        finiteOrNull(etaMs),
        step,
        id,
      );
    },

    setRunResult(id, result) {
      db.transaction(() => {
        const met =
          result.thresholds.length === 0 ? null : Number(result.thresholds.every((limit) => limit.met));
        db.run(
          `UPDATE run SET result_at = ?, horizon = ?, split_key = ?, skill = ?, thresholds_met = ?,
             baseline_json = ?, thresholds_json = ?, facts_json = ? WHERE id = ?`,
          Date.now(),
          result.horizon,
          result.splitKey,
          finiteOrNull(result.skill),
          met,
          result.baseline ? JSON.stringify(result.baseline) : null,
          JSON.stringify(result.thresholds),
          JSON.stringify(result.facts ?? {}),
          id,
        );
        for (const name of metricNames)
          db.run(
            `INSERT INTO run_metric (run_id, name, value) VALUES (?, ?, ?)
             ON CONFLICT (run_id, name) DO UPDATE SET value = excluded.value`,
            id,
            name,
            finiteOrNull(result.metrics[name]),
          );
      });
    },

    setTags(id, tags) {
      return db.transaction(() => {
        const run = summary(id);
        const merged: Record<string, string | null> = { ...run.tags, ...tags };
        const next = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
        db.run('UPDATE run SET tags_json = ? WHERE id = ?', JSON.stringify(next), run.id);
        return summary(run.id);
      });
    },
  };
}
