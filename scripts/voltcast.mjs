#!/usr/bin/env node
/** @file `npm run -s voltcast -- …`: sets up what is missing, then hands over to the command line. */
import { cliEntry, ensureBuilt, ensurePackages, node24, nodeFlags, runForeground } from './lib/project.mjs';

const args = process.argv.slice(2);
ensurePackages();
if (args[0] === 'serve') ensureBuilt('renderer');
// npm moves to the project's folder; relative paths on the command line are meant from where the user stands
const cwd = process.env.INIT_CWD ?? process.cwd();
process.exit(await runForeground(node24, [...nodeFlags, cliEntry, ...args], { cwd }));
