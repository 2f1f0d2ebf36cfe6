/** @file HTML to PDF by a browser that is already on the machine: Chromium, Chrome or Edge, in a child process. */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import { AppError } from '../../src-preload/contract/index.ts';

const TIMEOUT_MS = 60_000;

/** No network, no extensions, no first-run pages; the page has no script to run. */
const flags = [
  '--headless=new',
  '--disable-gpu',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--no-pdf-header-footer',
];

/**
 * Prints a self-contained page to `out`, written atomically.
 * @param environment where to look for a browser; `VOLTCAST_CHROMIUM` names one
 * @throws {AppError} `no-browser` when none is found, `print-failed` when it does not print within a minute
 */
export async function printPdfWithChromium(
  html: string,
  out: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const browser = findBrowser(environment);
  if (browser === null)
    throw new AppError({
      code: 'no-browser',
      message: 'Printing a PDF needs Chromium, Chrome or Edge, and none was found on this machine.',
      hint: 'Install one, name it in VOLTCAST_CHROMIUM, or save the report as HTML and print that.',
    });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'voltcast-pdf-'));
  try {
    const page = path.join(folder, 'report.html');
    const pdf = path.join(folder, 'report.pdf');
    writeFileSync(page, html);
    await print(browser, page, pdf, folder);
    await writeFileAtomic(out, readFileSync(pdf));
  } finally {
    // The browser may still be closing its profile.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** First browser found: by name in `VOLTCAST_CHROMIUM`, on the path, or in the usual places of the platform. */
export function findBrowser(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const named = environment['VOLTCAST_CHROMIUM'];
  if (named) return isExecutable(named) ? named : null;
  return candidates(environment, platform).find(isExecutable) ?? null;
}

function candidates(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (platform === 'darwin')
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((name) =>
      ['/Applications', path.join(environment['HOME'] ?? '', 'Applications')].map(
        (root) => `${root}/${name}.app/Contents/MacOS/${name}`,
      ),
    );
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
      .map((name) => environment[name])
      .filter(Boolean);
    const tails = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ];
    return tails.flatMap((tail) => roots.map((root) => `${root}\\${tail}`));
  }
  const names = [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'microsoft-edge',
    'microsoft-edge-stable',
  ];
  const folders = (environment['PATH'] ?? '').split(':').filter(Boolean).concat('/snap/bin');
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function print(browser: string, page: string, pdf: string, profile: string): Promise<void> {
  // Chromium refuses its sandbox to the superuser; the page is our own and holds no script.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const all = [
    ...flags,
    ...asRoot,
    `--user-data-dir=${path.join(profile, 'profile')}`,
    `--print-to-pdf=${pdf}`,
  ];
  return new Promise((resolve, reject) => {
    execFile(
      browser,
      [...all, pathToFileURL(page).href],
      { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', windowsHide: true },
      (error, _stdout, stderr) => {
        const printed = sizeOf(pdf) > 0;
        if (printed && (error === null || !error.killed)) return resolve();
        const why = error?.killed
          ? `it was stopped after ${TIMEOUT_MS / 1000} s`
          : lastLine(stderr) || error?.message;
        reject(
          new AppError(
            {
              code: 'print-failed',
              message: `${path.basename(browser)} did not print the report: ${why ?? 'it wrote no file'}.`,
              hint: 'Save the report as HTML and print it from a browser.',
            },
            { cause: error },
          ),
        );
      },
    );
  });
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
