/** @file SHA-256 of a file: large files on the second thread, for hashing takes as long as parsing. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hashBeside } from './second-thread.ts';

/** Smaller files are done before a thread has started. */
export const INLINE_BYTES = 4 * 1024 * 1024;

export async function hashFile(file: string, bytes: number): Promise<string> {
  if (bytes > INLINE_BYTES) return hashBeside(file);
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
