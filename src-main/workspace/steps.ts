/** @file Steps, logs and artifacts of runs, and the finished steps that later runs find by key. */
import { z } from 'zod';
import {
  artifactRefSchema,
  errorDataSchema,
  stepIds,
  stepViewSchema,
} from '../../src-preload/contract/index.ts';
import type { ArtifactRef, LogLine, StepId, StepView } from '../../src-preload/contract/index.ts';
import { parseStored } from './db.ts';
import type { Db, ReadDb, SqlValue } from './db.ts';
import type { RunResult, Workspace } from './types.ts';

type StepRepository = Pick<
  Workspace,
  | 'putStep'
  | 'finishStep'
  | 'closeSteps'
  | 'addLogs'
  | 'getLogs'
  | 'addArtifact'
  | 'findArtifact'
  | 'findStep'
  | 'recordStep'
>;
interface StepRow {
  readonly step: StepId;
  readonly status: StepView['status'];
  readonly started_at: number | null;
  readonly duration_ms: number | null;
  readonly fraction: number | null;
  readonly message: string | null;
  readonly inputs_json: string;
  readonly outputs_json: string;
  readonly error_json: string | null;
}

const refsSchema = z.array(artifactRefSchema);
const namesSchema = z.array(z.string());

/** The ten steps as a screen shows them before the run process has said which it will do. */
export const pendingStep = (id: StepId): StepView => ({
  id,
  status: 'pending',
  startedAt: null,
  durationMs: null,
  fraction: null,
  message: null,
  inputs: [],
  outputs: [],
  error: null,
});

export function readSteps(db: ReadDb, runId: string, attempt: number): StepView[] {
  const rows = db.all<StepRow>('SELECT * FROM run_step WHERE run_id = ? AND attempt = ?', runId, attempt);
  if (rows.length === 0) return stepIds.map(pendingStep);
  const order = new Map(stepIds.map((id, index) => [id, index]));
  return rows
    .map((row) =>
      stepViewSchema.parse({
        id: row.step,
        status: row.status,
        startedAt: row.started_at,
        durationMs: row.duration_ms,
        fraction: row.fraction,
        message: row.message,
        inputs: parseStored(refsSchema, row.inputs_json, `inputs of step ${row.step} of run ${runId}`),
        outputs: parseStored(refsSchema, row.outputs_json, `outputs of step ${row.step} of run ${runId}`),
        error: row.error_json
          ? parseStored(errorDataSchema, row.error_json, `error of step ${row.step} of run ${runId}`)
          : null,
      }),
    )
    .sort((a, b) => order.get(a.id)! - order.get(b.id)!);
}

export function readArtifacts(db: ReadDb, runId: string): ArtifactRef[] {
  return db.all<ArtifactRef>(
    'SELECT name, hash, bytes FROM run_artifact WHERE run_id = ? ORDER BY name',
    runId,
  );
}

export function createStepRepository(
  db: Db,
  runs: { setRunResult(id: string, result: RunResult): void },
): StepRepository {
  const putStep: StepRepository['putStep'] = (runId, attempt, step) => {
    db.run(
      `INSERT INTO run_step (run_id, attempt, step, status, started_at, duration_ms, fraction, message, inputs_json, outputs_json, error_json)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (run_id, attempt, step) DO UPDATE SET status = excluded.status, started_at = excluded.started_at,
         duration_ms = excluded.duration_ms, fraction = excluded.fraction, message = excluded.message,
         inputs_json = excluded.inputs_json, outputs_json = excluded.outputs_json, error_json = excluded.error_json`,
      runId,
      attempt,
      step.id,
      step.status,
      step.startedAt,
      step.durationMs,
      step.fraction,
      step.message,
      JSON.stringify(step.inputs),
      JSON.stringify(step.outputs),
      step.error ? JSON.stringify(step.error) : null,
    );
  };
  const recordStep: StepRepository['recordStep'] = (record) => {
    db.run(
      `INSERT INTO finished_step (key, outputs_json, user_json, recorded_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET outputs_json = excluded.outputs_json, user_json = excluded.user_json,
         recorded_at = excluded.recorded_at`,
      record.key,
      JSON.stringify(record.outputs),
      JSON.stringify(record.user ?? []),
      Date.now(),
    );
  };
  const addArtifact: StepRepository['addArtifact'] = (runId, artifact) => {
    db.run(
      `INSERT INTO run_artifact (run_id, name, hash, bytes) VALUES (?, ?, ?, ?)
       ON CONFLICT (run_id, name) DO UPDATE SET hash = excluded.hash, bytes = excluded.bytes`,
      runId,
      artifact.name,
      artifact.hash,
      artifact.bytes,
    );
  };

  return {
    putStep,
    recordStep,
    addArtifact,

    finishStep({ runId, attempt, step, record, artifacts, result }) {
      db.transaction(() => {
        putStep(runId, attempt, step);
        if (record) recordStep(record);
        for (const artifact of artifacts) addArtifact(runId, artifact);
        if (result) runs.setRunResult(runId, result);
      });
    },

    closeSteps(runId, attempt, running, pending, error) {
      db.transaction(() => {
        db.run(
          `UPDATE run_step SET status = ?, error_json = ?, fraction = NULL,
             duration_ms = coalesce(duration_ms, ? - started_at)
           WHERE run_id = ? AND attempt = ? AND status = 'running'`,
          running,
          error ? JSON.stringify(error) : null,
          Date.now(),
          runId,
          attempt,
        );
        db.run(
          `UPDATE run_step SET status = ? WHERE run_id = ? AND attempt = ? AND status = 'pending'`,
          pending,
          runId,
          attempt,
        );
      });
    },

    addLogs(runId, lines) {
      return db.transaction(() => {
        const { last } = db.get<{ last: number }>(
          'SELECT coalesce(max(seq), 0) AS last FROM run_log WHERE run_id = ?',
          runId,
        )!;
        return lines.map((line, index): LogLine => {
          const seq = last + 1 + index;
          db.run(
            'INSERT INTO run_log (run_id, seq, at, step, attempt, level, message) VALUES (?, ?, ?, ?, ?, ?, ?)',
            runId,
            seq,
            line.at,
            line.step,
            line.attempt,
            line.level,
            line.message,
          );
          return { seq, ...line };
        });
      });
    },

    getLogs(runId, query) {
      const where: string[] = ['run_id = ?', 'seq > ?'];
      const values: SqlValue[] = [runId, query.after];
      if (query.step !== undefined) {
        where.push('step = ?');
        values.push(query.step);
      }
      if (query.attempt !== undefined) {
        where.push('attempt = ?');
        values.push(query.attempt);
      }
      return db.all<LogLine>(
        `SELECT seq, at, step, attempt, level, message FROM run_log WHERE ${where.join(' AND ')} ORDER BY seq LIMIT ?`,
        ...values,
        query.limit,
      );
    },

    findArtifact(runId, name) {
      const listed = db.get<ArtifactRef>(
        'SELECT name, hash, bytes FROM run_artifact WHERE run_id = ? AND name = ?',
        runId,
        name,
      );
      if (listed) return listed;
      const rows = db.all<{ outputs_json: string }>(
        `SELECT outputs_json FROM run_step WHERE run_id = ? AND status IN ('succeeded', 'reused') ORDER BY attempt DESC`,
        runId,
      );
      for (const row of rows) {
        const outputs = parseStored(refsSchema, row.outputs_json, `outputs of run ${runId}`);
        const found = outputs.find((output) => output.name === name);
        if (found) return found;
      }
      return null;
    },

    findStep(key) {
      const row = db.get<{ outputs_json: string; user_json: string }>(
        'SELECT outputs_json, user_json FROM finished_step WHERE key = ?',
        key,
      );
      if (!row) return null;
      return {
        key,
        outputs: parseStored(refsSchema, row.outputs_json, `finished step ${key}`),
        user: parseStored(namesSchema, row.user_json, `finished step ${key}`),
      };
    },
  };
}
