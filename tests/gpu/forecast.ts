/** Run by forecast.test.ts: forecasts of finished runs, one of the processor and one of the device; prints what they say as JSON. */
import path from 'node:path';
import { createForecastService } from '../../src-main/services/forecasts.ts';
import { modelsVariable } from '../../src-main/services/foundation/folders.ts';
import { openPlant } from '../pipeline/plant.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { chronos2Files, writeFiles } from '../support/foundation-model.ts';

const models = temporaryFolder('device-forecast');
process.env[modelsVariable] = models;
writeFiles(path.join(models, 'tiny'), chronos2Files());
const plant = openPlant({ days: 21 });
const service = createForecastService({ workspace: plant.workspace });
const made = [];
for (const device of ['cpu', 'gpu']) {
  // the second takes the steps of the first: only its forecast uses the device
  const set = { 'model.params.checkpoint': 'tiny', 'runtime.device': device };
  const [run] = await plant.train(['chronos2_zeroshot'], { set, horizon: 6 });
  const forecast = await service.create({ dataset: 'plant', runId: run!.id, quantiles: [0.1, 0.5, 0.9] });
  made.push({
    device: forecast.device,
    stored: plant.workspace.getForecast(forecast.id).device,
    warnings: forecast.warnings.map(({ message }) => message),
    values: forecast.rows.flatMap(({ quantiles }) => Object.values(quantiles)),
  });
}
plant.close();
removeFolder(models);
process.stdout.write(JSON.stringify(made));
process.exit(0);
