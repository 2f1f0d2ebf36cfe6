/** @file The version, read from package.json: beside the sources, or beside the bundle. */
import fs from 'node:fs';
import path from 'node:path';

export function appVersion(from: string = import.meta.dirname): string {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (!fs.existsSync(file)) continue;
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (manifest.name === 'voltcast') return manifest.version ?? '0.0.0';
  }
  return '0.0.0';
}
