/** @file What one import does, in a thread of its own: parse, analyse, write the table. Only figures come back. */
import { writeFileSync } from 'node:fs';
import type { ErrorData, ImportOptions, ImportPreview } from '../../src-preload/contract/index.ts';
import { analyse } from '../data/analysis/analyse.ts';
import { contentHash } from '../data/analysis/content-hash.ts';
import { readFile } from '../data/import/parse.ts';
import { beginTable } from './import-table.ts';

export interface ImportJob {
  readonly file: string;
  readonly options: ImportOptions;
  /** where the Parquet table goes; null: a preview, nothing is written */
  readonly tableFile: string | null;
  /** generates the sample with this seed into `file` first */
  readonly sampleSeed: number | null;
}

export interface ImportResult {
  readonly preview: ImportPreview;
  /** of the file */
  readonly sha256: string;
  /** null: the table was not written, because a question is open or there is no common step */
  readonly contentHash: string | null;
  /** of the written table; null as above */
  readonly table: { readonly hash: string; readonly bytes: number } | null;
}

export type ImportMessage =
  | { readonly type: 'progress'; readonly fraction: number; readonly message: string }
  | { readonly type: 'done'; readonly result: ImportResult }
  | { readonly type: 'failed'; readonly error: ErrorData };

export async function runImport(
  job: ImportJob,
  progress: (fraction: number, message: string) => void,
): Promise<ImportResult> {
  if (job.sampleSeed !== null) {
    progress(0, 'Generating the sample');
    const { generateSteelSample } = await import('../data/sample/generate.ts');
    writeFileSync(job.file, generateSteelSample(job.sampleSeed));
  }
  const { table: raw, sha256 } = await readFile(job.file, job.options, (fraction, message) =>
    progress(0.5 * fraction, message),
  );
  const writer = job.tableFile === null ? null : beginTable(raw, job.tableFile);
  try {
    const { frames, ...preview } = analyse(raw, job.options, (fraction, message) =>
      progress(0.5 + 0.3 * fraction, message),
    );
    if (writer === null || frames.length === 0)
      return { preview, sha256: await sha256(), contentHash: null, table: null };
    progress(0.85, 'Storing the table');
    const table = await writer.finish(frames);
    const hash = contentHash(table.hash, frames, {
      timezone: preview.timezone ?? 'UTC',
      stamps: preview.stamps,
      frequency: preview.frequency ?? '',
      repairs: preview.repairs,
    });
    return { preview, sha256: await sha256(), contentHash: hash, table };
  } finally {
    await writer?.abandon();
  }
}
