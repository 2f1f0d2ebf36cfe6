/** @file The command line as a user has it: the real program in a process of its own, in a folder of its own. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import { projectRoot } from './folders.ts';

export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Cli {
  run(...args: string[]): Promise<CliResult>;
  /** What a command that succeeds says with `--json`. */
  json(...args: string[]): Promise<Record<string, unknown>>;
}

/**
 * @param folder working folder of the program; its workspace lies in it
 * @param timeout ms after which the program is killed; without, it may take as long as the test
 */
export function openCli(folder: string, timeout?: number): Cli {
  const run = (...args: string[]): Promise<CliResult> =>
    new Promise((resolve, reject) => {
      const entry = path.join(projectRoot, 'src-main', 'cli', 'main.ts');
      const child = spawn(
        process.execPath,
        [
          '--disable-warning=ExperimentalWarning',
          entry,
          ...args,
          '--workspace',
          path.join(folder, 'workspace'),
        ],
        {
          cwd: folder,
          ...(timeout === undefined ? {} : { timeout }),
          env: { ...process.env, NO_COLOR: '1' },
        },
      );
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('error', reject);
      child.on('exit', (code) => resolve({ code, out, err }));
    });
  return {
    run,
    async json(...args) {
      const { code, out, err } = await run(...args, '--json');
      expect(err).toBe('');
      expect(code).toBe(0);
      return JSON.parse(out) as Record<string, unknown>;
    },
  };
}
