/** Runs become an ensemble, and are explained, by the command line. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCli } from '../support/cli.ts';
import type { CliResult } from '../support/cli.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { writeOfficeCsv } from '../support/series.ts';

let folder: string;
/** id by type of model */
const ids: Record<string, string> = {};

const voltcast = (...args: string[]): Promise<CliResult> => openCli(folder).run(...args);
const json = (...args: string[]): Promise<Record<string, unknown>> => openCli(folder).json(...args);

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
