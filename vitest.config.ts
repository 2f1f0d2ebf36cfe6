import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

// programs that tests start keep their compiled code: each start takes a third of the time
process.env['NODE_COMPILE_CACHE'] ??= path.join(os.tmpdir(), `voltcast-test-code-${os.userInfo().uid}`);

// what tests write lives for seconds: in memory nothing waits for the disk
const memory = '/dev/shm';
const isRoomy = (folder: string): boolean => {
  if (process.platform !== 'linux' || !fs.existsSync(folder)) return false;
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize > 4e9;
};
if (process.env['TMPDIR'] === undefined && isRoomy(memory)) {
  const folder = fs.mkdtempSync(path.join(memory, 'voltcast-tests-'));
  process.env['TMPDIR'] = folder;
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
}

/** What takes long begins first, so that nothing is waited for at the end. */
const longest = [
  ...['e2e', 'cli', 'gpu', 'runs', 'electron', 'pipeline', 'foundation'].map((folder) => `tests/${folder}/`),
  'src-main/models/boosting/kernels/',
  'src-main/models/',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const file = path.relative(import.meta.dirname, moduleId).replaceAll(path.sep, '/');
      const at = longest.findIndex((start) => file.startsWith(start));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Tests that start processes and threads, set the environment or wait for the clock. */
const alone = ['tests/{cli,e2e,electron,gpu,runs,server,threads}/**/*.test.ts', 'tests/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'processes', include: alone } },
      {
        extends: true,
        test: {
          name: 'modules',
          include: ['src-*/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'tests/.tmp/**', ...alone],
          // what one file has loaded serves the next: half a second for each of them
          isolate: false,
        },
      },
    ],
  },
});
