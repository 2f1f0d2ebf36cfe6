/** @file Folders of the tests, and the real data where it is there. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const projectRoot = path.resolve(import.meta.dirname, '..', '..');
export const pagesFolder = path.join(projectRoot, 'out', 'renderer');

const steel = path.resolve(projectRoot, '..', 'shared', 'data', 'steel_industry.csv');
/** The UCI steel file; null where it is not beside the project. */
export const steelFile: string | null = fs.existsSync(steel) ? steel : null;

export const temporaryFolder = (name: string): string =>
  fs.mkdtempSync(path.join(os.tmpdir(), `voltcast-${name}-`));
export const removeFolder = (folder: string): void => fs.rmSync(folder, { recursive: true, force: true });
