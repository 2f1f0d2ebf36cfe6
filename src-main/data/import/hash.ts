/** @file SHA-256 of a file, beside the parser: large files on a thread of their own, for hashing takes as long as parsing. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

const INLINE_BYTES = 4 * 1024 * 1024;

/** Plain JavaScript in a string: it needs no file of its own in the bundle. Reads 4 MiB at a time. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { openSync, readSync, closeSync } = require('node:fs');
const hash = require('node:crypto').createHash('sha256');
const buffer = Buffer.allocUnsafe(4 << 20);
const file = openSync(workerData, 'r');
for (let n; (n = readSync(file, buffer, 0, buffer.length, null)) > 0; ) hash.update(buffer.subarray(0, n));
closeSync(file);
parentPort.postMessage(hash.digest('hex'));
`;

/** @param bytes size on disk, which decides whether a thread is worth its start */
export async function hashFile(file: string, bytes: number): Promise<string> {
  if (bytes <= INLINE_BYTES)
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  return new Promise<string>((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData: file, execArgv: [] });
    worker.once('message', (digest: string) => resolve(digest));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The hashing thread ended with code ${code}.`)));
  });
}
