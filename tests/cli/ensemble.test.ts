/** Runs become an ensemble, and are explained, by the command line. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot, removeFolder, temporaryFolder } from '../support/folders.ts';
import { writeOfficeCsv } from '../support/series.ts';

interface Result {
  code: number | null;
  out: string;
  err: string;
}
let folder: string;
/** id by type of model */
const ids: Record<string, string> = {};

/** The real program in a process of its own. */
function voltcast(...args: string[]): Promise<Result> {
  return new Promise((resolve, reject) => {
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
        env: { ...process.env, NO_COLOR: '1', NODE_COMPILE_CACHE: path.join(folder, 'compiled') },
      },
    );
    const result: Result = { code: null, out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (result.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (result.err += chunk.toString()));
    child.on('error', reject);
    child.on('exit', (code) => resolve({ ...result, code }));
  });
}
async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await voltcast(...args, '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as Record<string, unknown>;
}

beforeAll(async () => {
  folder = temporaryFolder('cli-ensemble');
  const file = writeOfficeCsv(folder, 35);
  const recipes = ['seasonal_naive', 'linear', 'decision_tree'].flatMap((name) => ['--recipe', name]);
  const trained = await json('train', file, ...recipes, '--horizon', '4', '--experiment', 'office');
  for (const { id, modelType } of trained['runs'] as { id: string; modelType: string }[]) ids[modelType] = id;
}, 120_000);
afterAll(() => removeFolder(folder));

test('ensemble: the best runs become one model, judged on the same rows', async () => {
  const made = await json('ensemble', 'office', '--best', '2', '--metric', 'rmse');
  const members = made['members'] as { id: string; value: number }[];
  expect(members.map(({ id }) => id).toSorted()).toEqual([ids['linear'], ids['decision_tree']].toSorted());
  expect(members[0]!.value).toBeLessThanOrEqual(members[1]!.value);
  expect(made['leftOut']).toContainEqual(
    expect.objectContaining({ id: ids['seasonal_naive'], reason: 'baseline' }),
  );
  expect(made['run']).toMatchObject({ status: 'succeeded', modelType: 'ensemble_ridge' });
}, 120_000);

test('runs explain: what drives a model', async () => {
  const explained = (await json('runs', 'explain', ids['decision_tree']!)) as {
    features: { key: string }[];
    importance: { shap: number[]; gain: number[] };
    moments: { to: number };
  };
  expect(explained.importance.shap).toHaveLength(explained.features.length);
  expect(explained.importance.gain.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  const at = new Date(explained.moments.to).toISOString().slice(0, 16).replace('T', ' ');
  const step = (await json('runs', 'explain', ids['decision_tree']!, '--at', at)) as {
    expected: number;
    predicted: number;
    contributions: { contribution: number }[];
  };
  const sum = step.contributions.reduce((total, { contribution }) => total + contribution, step.expected);
  expect(sum).toBeCloseTo(step.predicted, 6);
}, 120_000);

test('explained for people', async () => {
  expect((await voltcast('runs', 'explain', ids['linear']!)).out).toContain('usual prediction');
  expect((await voltcast('runs', 'explain', ids['seasonal_naive']!)).out).toContain('no inputs');
}, 60_000);

test.each([
  [['ensemble', 'ffffffff', 'eeeeeeee'], 'run-not-found'],
  [['ensemble', '--combiner', 'magic'], 'invalid-option'],
  [['ensemble', '--best', 'three'], 'invalid-option'],
  [['runs', 'explain', 'ffffffff'], 'run-not-found'],
  [['runs', 'explain', 'linear', '--at', 'noon'], 'invalid-option'],
] as const)(
  '%j fails with %s, as one JSON document and a non-zero exit',
  async (args, code) => {
    const given = args.map((argument) => ids[argument] ?? argument);
    const { code: exit, out } = await voltcast(...given, '--json');
    expect(exit).not.toBe(0);
    expect(JSON.parse(out)).toMatchObject({ error: { code, message: expect.any(String) } });
  },
  60_000,
);
