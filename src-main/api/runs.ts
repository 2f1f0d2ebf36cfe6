/** @file `runs.*`, `experiments.*` and `models.*` */
import path from 'node:path';
import type { Handlers } from './handler.ts';

export const runs: Handlers<'runs'> = {
  'runs.start': (app, input) => app.training.start(input),
  'runs.list': (app, input) => app.workspace.listRuns(input),
  'runs.get': (app, input) => app.workspace.getRun(input.id),
  'runs.logs': (app, input) => app.workspace.getLogs(app.workspace.getRun(input.id).id, input),
  'runs.cancel': (app, input) => {
    app.manager.cancel(app.workspace.getRun(input.id).id);
    return { ok: true };
  },
  'runs.resume': (app, input) => app.manager.resume(app.workspace.getRun(input.id).id),
  'runs.rerun': (app, input) => app.training.rerun(app.workspace.getRun(input.id).id, input.recipe),
  'runs.combinable': (app, input) => app.ensembling.choose(input),
  'runs.combine': (app, input) => app.ensembling.start(input),
  'runs.delete': (app, input) => {
    const { id } = app.workspace.getRun(input.id);
    app.workspace.deleteRun(id);
    app.bus.emit({ type: 'run-deleted', runId: id });
    return { ok: true };
  },
  'runs.tag': (app, input) => app.workspace.setTags(app.workspace.getRun(input.id).id, input.tags),
  'runs.diagnostics': (app, input) =>
    app.comparison.diagnostics(app.workspace.getRun(input.id).id, input.points),
  'runs.explain': (app, input) => app.explanations.explain(app.workspace.getRun(input.id).id),
  'runs.cancelExplain': (app, input) => {
    app.explanations.cancel(app.workspace.getRun(input.id).id);
    return { ok: true };
  },
  'runs.explainStep': (app, input) =>
    app.explanations.explainStep({ ...input, id: app.workspace.getRun(input.id).id }),
  'runs.compare': (app, input) => app.comparison.compare(input.ids.map((id) => app.workspace.getRun(id).id)),
};

export const experiments: Handlers<'experiments'> = {
  'experiments.list': (app) => app.workspace.listExperiments(),
};

export const models: Handlers<'models'> = {
  'models.promote': (app, input) => {
    const run = app.workspace.promote(app.workspace.getRun(input.id).id);
    app.bus.emit({ type: 'champion', experiment: run.experiment, runId: run.id });
    return run;
  },
  'models.export': (app, input) => {
    const run = app.workspace.getRun(input.id);
    return app.modelExport.export(
      run.id,
      input.out ?? path.join(app.exportsFolder, `${run.dataset}-${run.id.slice(0, 8)}.voltcast-model.json`),
    );
  },
};
