/** @file Experiments: named groups of runs, one of which may hold the alias `champion`. */
import { AppError } from '../../src-preload/contract/index.ts';
import type { Experiment } from '../../src-preload/contract/index.ts';
import type { Db } from './db.ts';
import type { Workspace } from './types.ts';

type ExperimentRepository = Pick<Workspace, 'listExperiments' | 'promote' | 'championOf'>;

export function createExperimentRepository(
  db: Db,
  runs: { summary(id: string): ReturnType<Workspace['promote']> },
): ExperimentRepository {
  return {
    listExperiments: () =>
      db.all<Experiment>(
        `SELECT e.name, e.dataset, count(r.seq) AS runs, e.champion, max(r.created_at) AS lastRunAt
         FROM experiment e LEFT JOIN run r ON r.experiment = e.name
         GROUP BY e.name ORDER BY lastRunAt DESC, e.name`,
      ),

    promote(runId) {
      return db.transaction(() => {
        const run = runs.summary(runId);
        if (run.status !== 'succeeded')
          throw new AppError({
            code: 'run-not-succeeded',
            message: `Run ${run.id} is ${run.status}; only a succeeded run can be champion.`,
            details: { runId: run.id, status: run.status },
          });
        db.run('UPDATE experiment SET champion = ? WHERE name = ?', run.id, run.experiment);
        return runs.summary(run.id);
      });
    },

    championOf(experiment) {
      const row = db.get<{ champion: string | null }>(
        'SELECT champion FROM experiment WHERE name = ?',
        experiment,
      );
      return row?.champion ? runs.summary(row.champion) : null;
    },
  };
}
