/** Run by gpu.test.ts: one recipe through the pipeline on the processor and on the device; prints figures and logs as JSON. */
import { openPlant } from '../pipeline/plant.ts';

const outcomes = [];
for (const device of ['cpu', 'gpu']) {
  // a workspace each: the device is no part of what a step depends on, so the second would reuse the first one's model
  const plant = openPlant({ days: 28 });
  const set = { 'runtime.device': device, 'model.params.n_estimators': 5 };
  const [run] = await plant.train(['xgboost'], { set, horizon: 6 });
  const log = plant.workspace.getLogs(run.id, { after: 0, limit: 1000 });
  outcomes.push({
    status: run.status,
    metrics: run.metrics,
    params: [run.params['runtime.device'], run.params['runtime.deviceUsed']],
    log: log.map(({ level, message }) => `${level}: ${message}`),
  });
  plant.close();
}
process.stdout.write(JSON.stringify(outcomes));
