/**
 * Histograms by WebGPU, on a software device where there is no other: a process of its own, because the loader of Vulkan
 * drivers reads its environment once.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTrial } from '../../src-main/models/boosting/gpu/gpu.ts';

const run = promisify(execFile);
/** Chromium brings a software driver along, and a loader for systems that lack one. */
const chromium = '/usr/lib/chromium';
const driver = path.join(chromium, 'vk_swiftshader_icd.json');
const software: Record<string, string> = existsSync(driver)
  ? { LD_LIBRARY_PATH: chromium, VK_ICD_FILENAMES: driver }
  : {};

interface Report {
  readonly adapter: string | null;
  readonly same: Record<string, { readonly same: boolean; readonly built: number }>;
  readonly lost: { readonly same: boolean; readonly before: number; readonly after: number };
  readonly auto: string | null;
  readonly cpu: string | null;
  readonly log: readonly string[];
}

const grow = async (env: Record<string, string>): Promise<Report> => {
  const script = path.join(import.meta.dirname, 'grow.ts');
  // ends by itself, or the time limit of the test says that it does not
  const { stdout } = await run(process.execPath, [script], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  return JSON.parse(stdout) as Report;
};

describe('with a device', () => {
  let report: Report;
  beforeAll(async () => {
    report = await grow(software);
  }, 240_000);

  test('trees are the same as on the processor, and the device made histograms of them', (context) => {
    if (report.adapter === null) context.skip('no graphics adapter, no software driver');
    expect(Object.keys(report.same)).toEqual([
      'depthwise packed',
      'depthwise wide',
      'leafwise packed',
      'symmetric wide',
    ]);
    for (const [name, { same, built }] of Object.entries(report.same)) {
      expect(same, name).toBe(true);
      expect(built, name).toBeGreaterThan(9);
    }
  });

  test('a device that is lost in the middle costs nothing but a line in the log', (context) => {
    if (report.adapter === null) context.skip('no graphics adapter, no software driver');
    expect(report.lost.same).toBe(true);
    expect(report.lost.before).toBeGreaterThan(0);
    expect(report.lost.after).toBe(0);
    expect(report.log.filter((line) => line.startsWith('warn:') && line.includes('lost'))).toHaveLength(1);
  });

  test('an imitation is never taken by itself', (context) => {
    if (!/swiftshader|llvmpipe/i.test(report.adapter ?? '')) context.skip('no software adapter');
    expect(report.auto).toBeNull();
    expect(report.log.some((line) => line.includes('is software'))).toBe(true);
    expect(report.cpu).toBeNull();
  });
});

test('without an adapter the log says so and the processor works', async () => {
  const report = await grow({ VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' });
  expect(report.adapter).toBeNull();
  expect(report.log[0]).toMatch(/warn: trees are grown on the processor: .+/);
}, 60_000);

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
