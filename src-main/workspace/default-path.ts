/** @file Where the workspace lies unless the user says otherwise; one place for the window and the command line. */
import path from 'node:path';
import envPaths from 'env-paths';

export const defaultWorkspacePath = (): string =>
  path.resolve(
    process.env['VOLTCAST_WORKSPACE'] ?? path.join(envPaths('Voltcast', { suffix: '' }).data, 'workspace'),
  );
