/** @file Writes THIRD-PARTY-NOTICES.md: every package that ships with the app, its licence and its text. Run after changing dependencies. */
import fs from 'node:fs';
import path from 'node:path';
import { root } from './lib/project.mjs';

const lock = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
const entries = Object.entries(lock.packages)
  .filter(([place, entry]) => place !== '' && !entry.dev && !entry.devOptional && !entry.link)
  .map(([place, entry]) => ({
    place,
    name: place.split('node_modules/').pop(),
    version: entry.version,
    license: entry.license ?? 'see package',
  }));

const texts = new Map();
const rows = new Map();
for (const { place, name, version, license } of entries) {
  rows.set(`${name}@${version}`, `| ${name} | ${version} | ${license} |`);
  const folder = path.join(root, place);
  if (!fs.existsSync(folder)) continue; // a platform package of another system: its parent's licence covers it
  const file = fs.readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$|-)/i.test(entry));
  if (file === undefined || fs.statSync(path.join(folder, file)).isDirectory()) continue;
  const text = fs.readFileSync(path.join(folder, file), 'utf8').trim();
  if (!texts.has(text)) texts.set(text, []);
  texts.get(text).push(`${name} ${version}`);
}

const lines = [
  '# Third-party notices',
  '',
  'Voltcast ships with these packages. Electron carries the notices of Chromium and Node.js in its own files.',
  '',
  '| package | version | licence |',
  '| --- | --- | --- |',
  ...[...rows.keys()].sort().map((key) => rows.get(key)),
  '',
  '## Licence texts',
  '',
];
for (const [text, names] of [...texts].sort((a, b) => (a[1][0] < b[1][0] ? -1 : 1)))
  lines.push(
    `### ${[...new Set(names)].join(', ')}`,
    '',
    '```text',
    text.replaceAll('```', "'''"),
    '```',
    '',
  );
fs.writeFileSync(path.join(root, 'THIRD-PARTY-NOTICES.md'), lines.join('\n'));
console.log(`${rows.size} packages, ${texts.size} licence texts`);
