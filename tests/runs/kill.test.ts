/**
 * @file Real kills at random moments, of the run process and of the whole app. After each: the database is whole,
 * every object is what its name says, no step that was acknowledged is done again, and the run can be resumed to
 * the very result of an undisturbed one.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunSummary, StepId } from '../../src-preload/contract/index.ts';
import { openWorkspace } from '../../src-main/workspace/open.ts';
import type { Workspace } from '../../src-main/workspace/types.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { pipeline } from './support/pipeline.ts';
import type { Knobs } from './support/pipeline.ts';
import { exampleRun, host } from './support/workspace.ts';

const appFile = join(import.meta.dirname, 'support', 'app.ts');
/** each step takes a little, so that kills fall into steps and between them, and not only into the start */
const knobs: Knobs = { pace: 40, bytes: 300_000 };
const killsPerWorkspace = 6;
const reusable = new Set<StepId>(pipeline.filter((step) => step.reusable).map((step) => step.id));

interface Result {
  readonly metrics: RunSummary['metrics'];
  readonly splitKey: string | null;
  readonly artifacts: string;
}
const folder = temporaryFolder('kill');
let expected: Result;
/** ms from start to end, undisturbed: of the app, and of a run alone */
let appSpan = 0;
let runSpan = 0;

const resultOf = (workspace: Workspace, id: string): Result => {
  const { metrics, splitKey, artifacts } = workspace.getRun(id);
  return { metrics, splitKey, artifacts: JSON.stringify(artifacts) };
};

/** Every object's content has the hash that is its name. @returns how many there are */
function verifyObjects(place: string): number {
  let count = 0;
  for (const prefix of readdirSync(join(place, 'objects')).filter((name) => name !== 'tmp'))
    for (const rest of readdirSync(join(place, 'objects', prefix))) {
      const content = readFileSync(join(place, 'objects', prefix, rest));
      expect(createHash('sha256').update(content).digest('hex')).toBe(prefix + rest);
      count += 1;
    }
  return count;
}

interface AppRun {
  /** facts the app acknowledged before it ended */
  readonly facts: { step?: StepId; status?: string; run?: string; ended?: string }[];
  readonly killed: boolean;
  readonly ms: number;
}

/** Runs the app and kills it after `killAfter` ms; at a coin's toss the run process in the same instant. */
async function runApp(place: string, killAfter: number, alsoRunProcess = false): Promise<AppRun> {
  const since = performance.now();
  const app = spawn(process.execPath, [appFile, place, JSON.stringify(knobs)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  app.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  app.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<boolean>((resolve) =>
    app.once('close', (_code, signal) => resolve(signal === 'SIGKILL')),
  );
  const timer = setTimeout(() => {
    if (alsoRunProcess) killQuietly(runPid(place));
    app.kill('SIGKILL');
  }, killAfter);
  const killed = await ended;
  clearTimeout(timer);
  if (!killed && err !== '') throw new Error(err);
  const facts = out
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as AppRun['facts'][number]);
  return { facts, killed, ms: performance.now() - since };
}

function runPid(place: string): number | null {
  try {
    const reader = openWorkspace(place, { readOnly: true });
    const [run] = reader.listRuns({ limit: 1, offset: 0 }).runs;
    const pid = run?.status === 'running' ? reader.getRun(run.id).owner.pid : null;
    reader.close();
    return pid;
  } catch {
    return null; // the app was killed before it had made the database
  }
}

function killQuietly(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

async function expectGone(pid: number | null): Promise<void> {
  for (let waited = 0; waited < 5000; waited += 25) {
    try {
      if (pid === null) return;
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(25);
  }
  throw new Error(`Run process ${pid} outlived the app that was killed.`);
}

/** Two at a time, new workspaces until there were enough kills of the kind wanted: some come too early or too late. */
async function untilKilled(
  target: number,
  once: (index: number) => Promise<number>,
  enough: () => boolean = () => true,
): Promise<number> {
  let kills = 0;
  let index = 0;
  const lane = async (): Promise<void> => {
    while ((kills < target || !enough()) && index < 10 * target) kills += await once(index++);
  };
  await Promise.all([lane(), lane()]);
  return kills;
}

beforeAll(async () => {
  const place = join(folder, 'reference');
  await runApp(join(folder, 'warm'), 60_000); // fills Node's code cache and the disk cache
  const undisturbed = await runApp(place, 60_000);
  appSpan = undisturbed.ms;
  const workspace = openWorkspace(place);
  const [run] = workspace.listRuns({ limit: 1, offset: 0 }).runs;
  expect(run).toMatchObject({ status: 'succeeded' });
  expected = resultOf(workspace, run!.id);
  runSpan = run!.durationMs!;
  workspace.close();
});
afterAll(() => removeFolder(folder));

test('killing the whole app at 14 random moments loses no finished step and corrupts nothing', async () => {
  let intoSteps = 0;
  await untilKilled(
    14,
    async (index) => {
      const place = join(folder, `app-${index}`);
      const finished = new Set<StepId>();
      let runId: string | null = null;
      let kills = 0;
      const check = ({ facts }: AppRun): void => {
        for (const fact of facts) {
          if (fact.run !== undefined) {
            if (runId !== null) expect(fact.run).toBe(runId);
            runId = fact.run;
          }
          if (fact.step === undefined || !reusable.has(fact.step)) continue;
          // a step acknowledged before an earlier kill must be found, not done again
          if (finished.has(fact.step)) expect([fact.step, fact.status]).toEqual([fact.step, 'reused']);
          finished.add(fact.step);
        }
      };
      for (let turn = 0; turn < killsPerWorkspace; turn++) {
        const ran = await runApp(place, Math.random() * appSpan, Math.random() < 0.5);
        if (!ran.killed) break;
        kills += 1;
        const pid = runPid(place);
        check(ran);
        if (finished.size > 0) intoSteps += 1;
        await expectGone(pid);

        const workspace = openWorkspace(place);
        expect(workspace.checkHealth()).toMatchObject({ ok: true });
        verifyObjects(place);
        const { runs } = workspace.listRuns({ limit: 10, offset: 0 });
        if (runId !== null) expect(runs.map((run) => run.id)).toEqual([runId]);
        workspace.close();
      }
      const last = await runApp(place, 60_000);
      check(last);
      expect(last.facts.at(-1)).toEqual({ ended: 'succeeded' });
      const workspace = openWorkspace(place);
      const [run] = workspace.listRuns({ limit: 1, offset: 0 }).runs;
      expect(resultOf(workspace, run!.id)).toEqual(expected);
      workspace.close();
      return kills;
    },
    () => intoSteps >= 3,
  );
  expect(intoSteps).toBeGreaterThanOrEqual(3); // not all of them during the start
}, 240_000);

test('killing the run process at 18 random moments loses no finished step and corrupts nothing', async () => {
  await untilKilled(18, async (index) => {
    const place = join(folder, `run-${index}`);
    const app = host(place);
    const finished: StepId[] = [];
    app.bus.on((event) => {
      if (event.type === 'step' && event.step.status === 'succeeded' && reusable.has(event.step.id))
        finished.push(event.step.id);
    });
    let kills = 0;
    let run = app.manager.enqueue(exampleRun(knobs));
    for (let turn = 0; turn < killsPerWorkspace; turn++) {
      const over = app.over(run);
      while (app.workspace.getRun(run.id).status === 'queued') await sleep(5);
      await sleep(Math.random() * runSpan);
      const wasKilled = killQuietly(app.workspace.getRun(run.id).owner.pid);
      run = await over;
      if (run.status === 'succeeded') break;
      expect(wasKilled).toBe(true);
      expect(run).toMatchObject({ status: 'failed', error: { code: 'run-process-died' } });
      kills += 1;
      expect(app.workspace.checkHealth()).toMatchObject({ ok: true });
      verifyObjects(place);
      run = app.manager.resume(run.id);
    }
    run = await app.over(run);
    expect(run.status).toBe('succeeded');
    expect(finished).toEqual([...new Set(finished)]); // each done once, however often the run was killed
    expect(resultOf(app.workspace, run.id)).toEqual(expected);
    expect(readdirSync(join(place, 'objects', 'tmp'))).toEqual([]);
    await app.close();
    return kills;
  });
}, 240_000);
