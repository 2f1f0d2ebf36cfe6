/** @file `datasets.*` */
import type { Handlers } from './handler.ts';

export const datasets: Handlers<'datasets'> = {
  'datasets.preview': (app, input) => app.imports.preview(input.file, input.options),
  'datasets.import': (app, input) => app.imports.import(input.file, input.options),
  'datasets.cancelImport': async (app, input) => {
    await app.imports.cancel(input.file);
    return { ok: true };
  },
  'datasets.importSample': (app) => app.imports.importSample(),
  'datasets.list': (app) => app.workspace.listDatasets(),
  'datasets.get': (app, input) => {
    const { version, profile } = app.workspace.getDatasetVersion(input.dataset, input.version);
    return { ...version, profile };
  },
  'datasets.versions': (app, input) => app.workspace.listDatasetVersions(input.dataset),
  'datasets.setTarget': (app, input) => {
    const version = app.workspace.setTarget(input.dataset, input.target);
    app.bus.emit({ type: 'dataset', dataset: input.dataset });
    return version;
  },
  'datasets.delete': (app, input) => {
    app.workspace.deleteDataset(input.dataset);
    app.bus.emit({ type: 'dataset', dataset: input.dataset });
    return { ok: true };
  },
  'datasets.series': (app, input) => app.imports.series(input),
  'datasets.heatmap': (app, input) => app.imports.heatmap(input),
};
