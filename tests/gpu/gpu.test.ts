/**
 * Histograms and splits by WebGPU, on a software device where there is no other: a process of its own, because the loader of Vulkan
 * drivers reads its environment once.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { chooseGpu, trialKey } from '../../src-main/models/boosting/gpu/choose.ts';
import { createTrial } from '../../src-main/models/boosting/gpu/gpu.ts';
import type { DeviceTrial, DeviceTrials } from '../../src-main/models/device-use.ts';
import { lookForAdapter } from '../../src-main/services/adapter.ts';

const run = promisify(execFile);
/** Chromium brings a software driver along, and a loader for systems that lack one. */
const chromium = '/usr/lib/chromium';
const driver = path.join(chromium, 'vk_swiftshader_icd.json');
const software: Record<string, string> = existsSync(driver)
  ? { LD_LIBRARY_PATH: chromium, VK_ICD_FILENAMES: driver }
  : {};

interface Grown {
  /** trees are those of the processor */
  readonly same: boolean;
  /** what the device did: histograms for the processor, questions about nodes and levels, nodes it left open */
  readonly work: {
    readonly built: number;
    readonly searched: number;
    readonly levels: number;
    readonly open: number;
  };
  /** by the device, or the processor: before the last tree of a device that breaks, and in the end */
  readonly used: readonly [string, string];
}
interface Report {
  readonly adapter: string | null;
  readonly grown: Record<string, Grown>;
  readonly auto: string | null;
  readonly cpu: string | null;
  readonly log: readonly string[];
}

const start = async <T>(name: string, env: Record<string, string>): Promise<T> => {
  const script = path.join(import.meta.dirname, name);
  // ends by itself, or the time limit of the test says that it does not
  const { stdout } = await run(process.execPath, [script], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  return JSON.parse(stdout) as T;
};

describe('with a device', () => {
  let report: Report;
  beforeAll(async () => {
    report = await start('grow.ts', software);
  }, 240_000);

  test('trees are the same as on the processor, and the device found their splits', (context) => {
    if (report.adapter === null) context.skip('no graphics adapter, no software driver');
    const cases = Object.values(report.grown);
    expect(cases.map(({ same }) => same)).toEqual([true, true, true, true]);
    expect(cases.map(({ used }) => used[0])).toEqual(cases.map(() => report.adapter));
    expect(cases.map(({ work }) => work.open)).toEqual([0, 0, 0, 0]);
    // depthwise, leafwise, symmetric; and random borders, for which it only makes histograms
    expect(
      cases.map(({ work: { built, searched, levels } }) => [built > 5, searched > 5, levels > 5]),
    ).toEqual([
      [false, true, false],
      [false, true, false],
      [false, false, true],
      [true, false, false],
    ]);
  });

  test('a device that breaks in the middle of a tree costs nothing but a line in the log', (context) => {
    if (report.adapter === null) context.skip('no graphics adapter, no software driver');
    const [lost, wrong, ...others] = Object.values(report.grown);
    expect([lost.used[1], wrong.used[1]]).toEqual(['cpu', 'cpu']);
    expect(others.map(({ used }) => used[1])).toEqual(others.map(() => report.adapter));
    const warnings = report.log.filter((line) => line.startsWith('warn:'));
    expect(warnings.map((line) => line.slice(line.indexOf('nothing is lost: ')))).toEqual([
      expect.stringContaining('the device was lost'),
      'nothing is lost: its sums are not those of the rows',
    ]);
  });

  test('an imitation is never taken by itself', (context) => {
    if (!/swiftshader|llvmpipe/i.test(report.adapter ?? '')) context.skip('no software adapter');
    expect(report.auto).toBeNull();
    expect(report.log.some((line) => line.includes('is software'))).toBe(true);
    expect(report.cpu).toBeNull();
  });
});

test('a run without an adapter says so in its log and comes to the same figures', async () => {
  const [cpu, gpu] = await start<{ status: string; metrics: unknown; params: string[]; log: string[] }[]>(
    'run.ts',
    {
      VK_ICD_FILENAMES: '/nowhere.json',
      VK_DRIVER_FILES: '/nowhere.json',
    },
  );
  expect([cpu.status, gpu.status]).toEqual(['succeeded', 'succeeded']);
  expect(gpu.metrics).toEqual(cpu.metrics);
  expect([cpu.params, gpu.params]).toEqual([
    ['cpu', 'cpu'],
    ['gpu', 'cpu'],
  ]);
  expect(cpu.log).toContain('info: 5 trees grown on the processor, 1 thread');
  expect(cpu.log.filter((line) => line.startsWith('warn: trees are grown'))).toEqual([]);
  expect(gpu.log).toContain('warn: trees are grown on the processor: no graphics adapter was found');
}, 60_000);

test('an adapter is looked for in a process of its own, whose driver may say what it likes', async (context) => {
  for (const [name, value] of Object.entries({ ...software, VK_LOADER_DEBUG: 'all' }))
    vi.stubEnv(name, value);
  const found = await lookForAdapter();
  for (const name of ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES']) vi.stubEnv(name, '/nowhere.json');
  const none = await lookForAdapter();
  vi.unstubAllEnvs();
  expect(none).toBeNull();
  if (software['VK_ICD_FILENAMES'] === undefined) context.skip('no software driver');
  expect(found).toMatchObject({ software: true });
  expect(found!.name).toMatch(/swiftshader/i);
}, 60_000);

describe('choice', () => {
  const shape = { policy: 'depthwise', rows: 1_000_000, columns: 30, trees: 100, threads: 2 } as const;
  const trialsOf = (known: DeviceTrial | null, free = true) => {
    const asked: string[] = [];
    const trials: DeviceTrials = {
      recall: () => known,
      remember: () => void asked.push('remember'),
      enter: () => {
        asked.push('enter');
        return free;
      },
      leave: () => void asked.push('leave'),
    };
    return { asked, trials };
  };
  const choose = async (use: Parameters<typeof chooseGpu>[0], of: Parameters<typeof chooseGpu>[1]) => {
    const log: string[] = [];
    const gpu = await chooseGpu(use, of, (level, message) => void log.push(`${level}: ${message}`));
    await gpu?.close();
    return { gpu, log };
  };

  test('small data, and data on which the processor was faster before, never load a driver', async () => {
    const fresh = trialsOf(null);
    expect(await choose({ choice: 'auto', trials: fresh.trials }, { ...shape, rows: 35_040 })).toEqual({
      gpu: null,
      log: [],
    });
    const known = trialsOf({ cpu: 10, gpu: 20 });
    expect((await choose({ choice: 'auto', trials: known.trials }, shape)).gpu).toBeNull();
    expect([...fresh.asked, ...known.asked]).toEqual([]);
    expect(await choose({ choice: 'cpu', trials: fresh.trials }, shape)).toEqual({ gpu: null, log: [] });
    expect(await choose(null, shape)).toEqual({ gpu: null, log: [] });
  });

  test('after a run that the driver ended, the processor', async () => {
    const { asked, trials } = trialsOf({ cpu: 20, gpu: 10 }, false);
    const { gpu, log } = await choose({ choice: 'auto', trials }, shape);
    expect(gpu).toBeNull();
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^warn: .*ended abruptly/);
    expect(asked).toEqual(['enter']);
  });

  test('a driver that was loaded, or is not there, is left again', async () => {
    const { asked, trials } = trialsOf(null);
    await choose({ choice: 'auto', trials }, shape);
    expect(asked).toEqual(['enter', 'leave']);
  });

  test('one verdict for one machine and size', () => {
    expect(trialKey(shape)).toBe(trialKey({ ...shape, rows: 1_100_000, columns: 33 }));
    expect(trialKey(shape)).not.toBe(trialKey({ ...shape, rows: 4_000_000 }));
    expect(trialKey(shape)).not.toBe(trialKey({ ...shape, threads: 4 }));
  });
});

describe('trial', () => {
  const verdictOf = (durations: readonly number[]) => {
    let clock = 0;
    const trial = createTrial(true, () => clock);
    const used: boolean[] = [];
    let verdict = null;
    for (const duration of durations) {
      verdict = trial.next() ?? verdict;
      used.push(trial.useGpu);
      clock += duration;
    }
    return { used, verdict };
  };

  test('the faster one goes on, first trees are not counted', () => {
    expect(verdictOf([90, 10, 500, 4, 4, 4])).toEqual({
      used: [false, false, true, true, true, true],
      verdict: { cpu: 10, gpu: 4 },
    });
    expect(verdictOf([9, 3, 5, 4, 4, 4]).used).toEqual([false, false, true, true, false, false]);
  });

  test('nothing is measured when the device was asked for', () => {
    const trial = createTrial(false, () => 0);
    expect(trial.next()).toBeNull();
    expect(trial.useGpu).toBe(true);
  });
});
