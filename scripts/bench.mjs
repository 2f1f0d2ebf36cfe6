/** @file `npm run bench -- NAME …`: runs bench/NAME.ts under Node 24. Without a name it lists them. */
import fs from 'node:fs';
import path from 'node:path';
import { ensurePackages, node24, nodeFlags, root, runForeground, say } from './lib/project.mjs';

const [name, ...rest] = process.argv.slice(2);
const folder = path.join(root, 'bench');
const names = fs
  .readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
if (name === undefined || !names.includes(name)) {
  say(`npm run bench -- ${names.join(' | ')}`);
  process.exit(2);
}
ensurePackages();
process.exit(await runForeground(node24, [...nodeFlags, path.join(folder, `${name}.ts`), ...rest]));
