/** @file The training of the model in the box, stopped and started again: the weights are those of a training that was not. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const script = path.join(import.meta.dirname, '../../models/pretraining/train.ts');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'voltcast-pretraining-'));
  writeFileSync(
    path.join(folder, 'recipe.yaml'),
    'seed: 3\ntokens: 96\ncontext: 192\nhorizon: 48\nsittings:\n  - { until: 2, rate: 1e-3, warmup: 2, fall: 1 }\n  - { until: 5, rate: 1e-3, fall: 2 }\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function train(name: string, ...more: string[]): Buffer {
  const out = path.join(folder, name);
  const recipe = path.join(folder, 'recipe.yaml');
  execFileSync(process.execPath, [script, '--out', out, '--recipe', recipe, ...more], { stdio: 'pipe' });
  return readFileSync(path.join(out, 'model.safetensors'));
}

test('a training in several sittings ends at the bytes of one in a single sitting', () => {
  const whole = train('whole');
  const early = train('parts', '--until', '1');
  const middle = train('parts', '--until', '3', '--threads', '1');
  const late = train('parts');
  expect(early.equals(whole)).toBe(false);
  expect(middle.equals(whole)).toBe(false);
  expect(late.equals(whole)).toBe(true);
}, 120_000);
