/** @file Files that leave the app by download, in a browser and in the window alike. */
import fs from 'node:fs';
import { AppError } from '../../src-preload/contract/index.ts';
import type { App } from '../services/app.ts';
import type { Api } from './router.ts';

/**
 * Path of a file to download; made first where it is not there yet.
 * @throws AppError `report-not-found`, `unknown-call`, or what making it throws
 */
export async function downloadFile(
  app: App,
  api: Api,
  kind: string,
  id: string,
  format: string | undefined,
): Promise<string> {
  switch (kind) {
    case 'forecast':
      return (await api.call('forecasts.export', { id, format: format ?? 'csv' })).file;
    case 'model':
      return (await api.call('models.export', format === undefined ? { id } : { id, format })).file;
    case 'report': {
      const report = app.workspace.listReports().find((entry) => entry.id === id);
      if (report === undefined || !fs.existsSync(report.file))
        throw new AppError({
          code: 'report-not-found',
          message: 'This report is no longer there.',
          hint: 'Make it again.',
        });
      return report.file;
    }
    default:
      throw new AppError({ code: 'unknown-call', message: `There is no download of kind "${kind}".` });
  }
}
