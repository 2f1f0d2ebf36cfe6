/** Networks by ONNX Runtime's WebGPU on a software device, and by a provider that is not there: processes of their own, as in `gpu.test.ts`. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const chromium = '/usr/lib/chromium';
const driver = path.join(chromium, 'vk_swiftshader_icd.json');

interface Report {
  readonly log: readonly string[];
  readonly used: readonly string[];
  readonly forecasts: Readonly<Record<string, number>>;
  /** asked for products of 16 bits */
  readonly half: { readonly log: readonly string[]; readonly apart: number };
  readonly loss: number;
  readonly norm: number;
  readonly gradients: number;
}

async function compared(provider: string, env: Record<string, string> = {}): Promise<Report> {
  const script = path.join(import.meta.dirname, 'networks.ts');
  const { stdout } = await run(process.execPath, [script, provider], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Report;
}

const others = (log: readonly string[]): string[] =>
  log.filter((line) => !/^attention in one pass by WebGPU is wrong on this device \(off by /.test(line));

test('forecasts and a training step by WebGPU are those of the processor', async (context) => {
  if (!existsSync(driver)) context.skip('no software driver');
  const report = await compared('webgpu', { LD_LIBRARY_PATH: chromium, VK_ICD_FILENAMES: driver });
  // said once for a device, in spite of several networks; a later driver may be right
  expect(others(report.log)).toEqual([]);
  expect(report.log.length).toBeLessThan(2);
  expect(report.used).toEqual(['cpu', 'the card']);
  for (const [name, apart] of Object.entries(report.forecasts)) expect(apart, name).toBeLessThan(1e-5);
  // the software device has no numbers of 16 bits: it goes on in 32
  expect(others(report.half.log)).toEqual([
    expect.stringMatching(
      /^16-bit arithmetic on WebGPU failed \(.+ requires f16 .+\): the work goes on in 32 bits$/,
    ),
  ]);
  expect(report.half.apart).toBeLessThan(1e-5);
  expect(report.loss).toBeLessThan(1e-5);
  expect(report.norm).toBeLessThan(1e-4);
  expect(report.gradients).toBeLessThan(1e-3);
}, 240_000);

test('a provider that is not there is said, and the processor does the same', async () => {
  const report = await compared('cuda');
  expect(report.half.log.at(-1)).toBe('Using device: cpu, fp32 arithmetic');
  expect(report.half.apart).toBe(0);
  expect(report.log[0]).toMatch(/^CUDA failed \(.+\): the work goes on with the processor$/);
  expect(report.log[1]).toBe('Using device: cpu');
  expect(report.used).toEqual(['cpu']);
  expect(Object.keys(report.forecasts)).toHaveLength(6);
  expect(new Set(Object.values(report.forecasts))).toEqual(new Set([0]));
  expect(report.gradients).toBe(0);
}, 60_000);
