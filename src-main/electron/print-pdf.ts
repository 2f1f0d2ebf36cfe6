/** @file A self-contained HTML page to PDF, by a hidden window without scripts. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import type { Platform } from './platform.ts';

export function createPdfPrinter(platform: Platform): (html: string, out: string) => Promise<void> {
  return async (html, out) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'voltcast-pdf-'));
    const page = path.join(folder, 'report.html');
    fs.writeFileSync(page, html);
    const window = new platform.BrowserWindow({
      show: false,
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false },
    });
    try {
      await window.loadURL(pathToFileURL(page).href);
      const pdf = await window.webContents.printToPDF({
        printBackground: true,
        preferCSSPageSize: true,
        pageSize: 'A4',
      });
      await writeFileAtomic(out, pdf);
    } finally {
      window.destroy();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  };
}
