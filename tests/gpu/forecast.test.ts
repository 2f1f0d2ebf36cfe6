/** Forecasts of finished runs on the device that the recipe allows: a process of its own, as in `gpu.test.ts`. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cardProviders } from '../../src-main/services/foundation/network-device.ts';

const run = promisify(execFile);
const chromium = '/usr/lib/chromium';
const driver = path.join(chromium, 'vk_swiftshader_icd.json');

interface Made {
  readonly device: string | null;
  readonly stored: string | null;
  readonly warnings: readonly string[];
  readonly values: readonly number[];
}

async function forecasts(env: Record<string, string>): Promise<[Made, Made]> {
  const { stdout } = await run(process.execPath, [path.join(import.meta.dirname, 'forecast.ts')], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as [Made, Made];
}

test('a forecast of a finished run uses the device, and says so', async (context) => {
  if (!existsSync(driver)) context.skip('no software driver');
  const [cpu, card] = await forecasts({ LD_LIBRARY_PATH: chromium, VK_ICD_FILENAMES: driver });
  expect(cpu).toMatchObject({ device: 'cpu', stored: 'cpu', warnings: [] });
  expect(card.warnings).toEqual([]);
  expect(card.device).not.toMatch(/cpu/);
  expect(card.stored).toBe(card.device);
  card.values.forEach((value, i) => expect(Math.abs(value - cpu.values[i]!)).toBeLessThan(1e-2));
}, 120_000);

test('where the device fails the processor makes the same forecast, and that is said', async (context) => {
  if (process.platform !== 'linux' || cardProviders().length !== 1) context.skip('devices that may answer');
  const [cpu, card] = await forecasts({
    VK_ICD_FILENAMES: '/nowhere.json',
    VK_DRIVER_FILES: '/nowhere.json',
  });
  expect(card).toEqual({
    ...cpu,
    warnings: [expect.stringMatching(/^WebGPU failed \(.+\): the work goes on with the processor$/)],
  });
}, 120_000);
