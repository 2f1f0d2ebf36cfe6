/** Files that are written here, loaded by XGBoost, LightGBM and CatBoost where VOLTCAST_PEERS names a Python that has them. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { TreeEnsemble } from '../../../src-main/models/boosting/ensemble.ts';
import { folder } from './cases.ts';

export const python = process.env['VOLTCAST_PEERS'];

export interface PeerCase {
  readonly file: string;
  readonly format: string;
  readonly columns: Readonly<Record<string, readonly (number | string | null)[]>>;
  readonly levels: Readonly<Record<string, readonly string[]>>;
  readonly categorical: readonly string[];
  readonly link: TreeEnsemble['link'];
  /** shape (outputs) x (rows) */
  readonly predicted: readonly (readonly number[])[];
}

/** @returns what is not loaded, or predicts otherwise by more than 1e-5 of the value (of 1 where it is smaller) */
export function disagreeing(cases: readonly PeerCase[], temporary: string): { file: string }[] {
  const list = path.join(temporary, 'manifest.json');
  fs.writeFileSync(list, JSON.stringify(cases));
  const answer = execFileSync(python!, [path.join(folder, 'check.py'), list], { encoding: 'utf8' });
  const results = JSON.parse(answer.trim().split('\n').at(-1)!) as { file: string; difference?: number }[];
  if (results.length !== cases.length) throw new Error(`${results.length} answers for ${cases.length} files`);
  return results
    .filter(({ difference }) => !(difference !== undefined && difference < 1e-5))
    .map((result) => ({ ...result, file: path.basename(result.file) }));
}
