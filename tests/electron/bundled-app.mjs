/**
 * @file Does one import and one run through the bridge of the bundled main process, prints the outcome as JSON, and ends.
 *
 * `node bundled-app.mjs ENTRY WORKSPACE`
 */
import { openBundle } from './bundle-stand-in.mjs';

const [, , entry, workspace] = process.argv;
const app = await openBundle(entry, workspace);
// the window's own frame is the only sender that may call
const refused = await app.answer(null, 'settings.get', {});
const dataset = await app.call('datasets.importSample', {});
const recipes = await app.call('recipes.list', {});
const { runIds } = await app.call('runs.start', {
  dataset: dataset.dataset,
  recipes: ['seasonal_naive_config.yaml'],
});
const run = await app.ended(runIds[0]);
console.log(
  JSON.stringify({
    refused: refused.error?.code,
    rows: dataset.rows,
    recipes: recipes.length,
    status: run.status,
    error: run.error,
    mae: run.metrics?.mae,
  }),
);
app.quit();
