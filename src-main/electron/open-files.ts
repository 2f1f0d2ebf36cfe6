/** @file Files the system hands to the app: "Open with", a second start with a file, a drop on the dock. */
import fs from 'node:fs';
import path from 'node:path';

const readable = /\.(csv|tsv|txt|gz|parquet)$/i;

/** Data files among the arguments of a start, as absolute paths. */
export function filesInArguments(args: readonly string[], cwd: string): string[] {
  return args
    .slice(1)
    .filter((argument) => !argument.startsWith('-') && readable.test(argument))
    .map((argument) => path.resolve(cwd, argument))
    .filter((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
}
