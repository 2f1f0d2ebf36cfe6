import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findBrowser, printPdfWithChromium } from '../src-main/reports/print-chromium.ts';

const folder = (): string => mkdtempSync(path.join(os.tmpdir(), 'voltcast-test-'));
const executable = (text: string): string => {
  const file = path.join(folder(), 'browser');
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
};

describe('printing with a browser of the machine', () => {
  it.skipIf(findBrowser() === null)('makes a PDF of several pages', async () => {
    const out = path.join(folder(), 'report.pdf');
    await printPdfWithChromium('<h1>one</h1><h1 style="break-before:page">two</h1>', out);
    const pdf = readFileSync(out);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.toString('latin1')).toMatch(/\/Count 2\b/);
  });

  it('says when no browser is there', async () => {
    const out = path.join(folder(), 'report.pdf');
    await expect(printPdfWithChromium('<p>', out, { PATH: folder() })).rejects.toMatchObject({
      code: 'no-browser',
    });
    await expect(printPdfWithChromium('<p>', out, { VOLTCAST_CHROMIUM: '/not/here' })).rejects.toMatchObject({
      code: 'no-browser',
    });
    expect(existsSync(out)).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('says why a browser did not print', async () => {
    const out = path.join(folder(), 'report.pdf');
    const broken = executable('#!/bin/sh\necho "cannot open display" >&2\nexit 3\n');
    await expect(printPdfWithChromium('<p>', out, { VOLTCAST_CHROMIUM: broken })).rejects.toMatchObject({
      code: 'print-failed',
      message: expect.stringContaining('cannot open display') as string,
    });
    expect(existsSync(out)).toBe(false);
  });

  it('looks where each platform keeps its browsers', () => {
    expect(findBrowser({ HOME: '/nobody' }, 'darwin')).toBeNull();
    expect(findBrowser({ PROGRAMFILES: '/nowhere' }, 'win32')).toBeNull();
    expect(findBrowser({ PATH: '' }, 'linux')).toBeNull();
  });
});
