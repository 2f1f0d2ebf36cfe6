/** @file `npm run demo`: the main job unattended on the sample: import, train, compare, champion, forecast, report. */
import { cliEntry, ensurePackages, node24, nodeFlags, runForeground } from './lib/project.mjs';

ensurePackages();
process.exit(await runForeground(node24, [...nodeFlags, cliEntry, 'demo', ...process.argv.slice(2)]));
