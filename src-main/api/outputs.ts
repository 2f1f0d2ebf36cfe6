/** @file `forecasts.*` and `reports.*`: what leaves the app. */
import path from 'node:path';
import type { Handlers } from './handler.ts';

export const forecasts: Handlers<'forecasts'> = {
  'forecasts.create': (app, input) =>
    app.forecasts.create(
      input.runId === undefined ? input : { ...input, runId: app.workspace.getRun(input.runId).id },
    ),
  'forecasts.list': (app, input) => app.workspace.listForecasts(input),
  'forecasts.get': (app, input) => app.workspace.getForecast(input.id),
  'forecasts.export': (app, input) =>
    app.forecasts.export(
      input.id,
      input.format,
      input.out ?? path.join(app.exportsFolder, `forecast-${input.id}.${input.format}`),
    ),
};

export const reports: Handlers<'reports'> = {
  'reports.create': (app, input) =>
    app.reports.create({ ...input, runIds: input.runIds.map((id) => app.workspace.getRun(id).id) }),
  'reports.list': (app) => app.workspace.listReports(),
};
