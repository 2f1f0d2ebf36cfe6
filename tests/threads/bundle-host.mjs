/**
 * @file Trains through the bundled main process, cancels a second training, and prints as JSON what came of it and how many
 * run processes are left.
 *
 * `node bundle-host.mjs ENTRY WORKSPACE`
 */
import { openBundle, pause } from '../electron/bundle-stand-in.mjs';

const [, , entry, workspace] = process.argv;
const app = await openBundle(entry, workspace);
const { dataset } = await app.call('datasets.importSample', {});
const start = async (trees) => {
  const recipe = `
model:
  type: xgboost
  params: { n_estimators: ${trees} }
runtime: { threads: 2, device: gpu }
`;
  return (await app.call('runs.start', { dataset, recipes: [recipe] })).runIds[0];
};
const isAlive = ({ pid }) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const id = await start(10);
const { status, error } = await app.ended(id);
const log = await app.call('runs.logs', { id });

const long = await start(5000);
for (;;) {
  const run = await app.call('runs.get', { id: long });
  if (run.steps.some((step) => step.id === 'train' && step.status === 'running')) break;
  await pause(100);
}
await pause(500); // its threads have begun
await app.call('runs.cancel', { id: long });
const cancelled = await app.ended(long);
for (let wait = 0; wait < 50 && app.children.some(isAlive); wait++) await pause(100);

console.log(
  JSON.stringify({
    trained: { status, error, log: log.map(({ level, message }) => `${level}: ${message}`) },
    cancelled: cancelled.status,
    started: app.children.length,
    left: app.children.filter(isAlive).length,
  }),
);
app.quit();
