/** @file `runs.*`, `experiments.*` and `models.*` */
import path from 'node:path';
import type { ExportFormat } from '../../src-preload/contract/index.ts';
import { endings } from '../models/boosting/interchange/formats.ts';
import type { App } from '../services/app.ts';
import { evaluateModel } from '../services/model-evaluation.ts';
import { requireWritable } from './handler.ts';
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
  'models.export': (app, input) =>
    app.modelExport.export({ ...input, out: input.out ?? downloadName(app, input.id, input.format) }),
  'models.import': (app, { file, ...options }) => app.importedModels.import(file, options),
  'models.imported': (app) => app.importedModels.list(),
  'models.remove': (app, input) => {
    // one list of names for people: what is imported lies in the workspace, what is of the library does not
    if (app.importedModels.has(input.name)) {
      requireWritable(app);
      app.importedModels.remove(input.name);
    } else app.foundation.remove(input.name);
    return { ok: true };
  },
  'models.library': (app) => app.foundation.library(),
  'models.lookup': (app, input) => app.foundation.lookup(input),
  'models.add': (app, input) => app.foundation.add(input),
  'models.cancelAdd': async (app, input) => {
    await app.foundation.cancel(input.job);
    return { ok: true };
  },
  'models.evaluate': (app, input) =>
    evaluateModel({ workspace: app.workspace, imported: app.importedModels }, input),
  'models.convert': (app, { file, out, ...options }) => app.importedModels.convert(file, out, options),
};

/** Where an export without a chosen place goes, by a name that says what it is. */
function downloadName(app: App, id: string, format: ExportFormat): string {
  const imported = app.importedModels.find(id)?.model ?? null;
  if (imported !== null) {
    const target = format === 'voltcast' || format === 'chronos' ? imported.source.format : format;
    return path.join(app.exportsFolder, `${imported.name}${endings[target][0]}`);
  }
  const run = app.workspace.getRun(id);
  const own = { voltcast: '.voltcast-model.json', chronos: '.chronos.tar' };
  const ending = format === 'voltcast' || format === 'chronos' ? own[format] : endings[format][0];
  return path.join(app.exportsFolder, `${run.dataset}-${run.id.slice(0, 8)}${ending}`);
}
