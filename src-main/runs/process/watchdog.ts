/**
 * @file Ends this process when its parent is gone. `disconnect` tells it at once, but only to an event loop that
 * turns; a step may compute for minutes without a turn, so a thread looks, too.
 */
import { Worker } from 'node:worker_threads';

const watch = `
const { workerData } = require('node:worker_threads');
setInterval(() => {
  try { process.kill(workerData.parentPid, 0); }
  catch (error) { if (error.code === 'ESRCH') process.kill(process.pid, 'SIGKILL'); }
}, workerData.everyMs);
`;

export function endWithParent(parentPid: number, everyMs = 500): void {
  process.once('disconnect', () => process.exit(1));
  new Worker(watch, { eval: true, workerData: { parentPid, everyMs }, execArgv: [] }).unref();
}
