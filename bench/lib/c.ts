import { readFileSync } from 'node:fs';
import { treeModels } from '../../src-main/models/boosting/params/tree-models.ts';
import { problemOf } from '../../src-main/models/boosting/training/present.ts';
import { train } from '../../src-main/models/boosting/training/train.ts';
import { recipeOrThrow } from '../../src-main/recipes/parse.ts';
import { readSteel } from './steel-frame.ts';
import { steelMatrices } from './steel-matrix.ts';
const [type, threads, reps] = process.argv.slice(2) as any;
const frame: any = readSteel('/work/shared/data/steel_industry.csv');
const testFrom = frame.time.findIndex((t: number) => t >= Date.UTC(2018, 9, 20));
const m: any = await steelMatrices(frame, frame.columns[0].name, 96, testFrom, 96);
console.log('rows', m.train.rows, 'columns', m.train.columns.length, 'categorical', m.train.categorical.filter(Boolean).length);
const file = `${type}_config.yaml`;
const raw = recipeOrThrow(readFileSync(new URL(`../../resources/recipes/${file}`, import.meta.url), 'utf8'), file).model.params;
const set = { ...m.train, categories: null, target: m.target, weight: null };
for (let i = 0; i < Number(reps); i++) {
  const config = (treeModels as any)[type].plan(raw, []).config(problemOf(set, m.leads, 1));
  if (i === 0) console.log(JSON.stringify({ sampling: config.sampling, leaves: config.leaves, share: config.grower.columnShare, boosting: config.statistics?.boosting, rounds: config.rounds }));
  const b = performance.now(), c = process.cpuUsage();
  const { ensemble } = await train(set, config, { threads: Number(threads) });
  const d = process.cpuUsage(c); console.log(type, ((performance.now() - b) / 1000).toFixed(2), 's wall', ((d.user + d.system) / 1e6).toFixed(2), 's cpu');
}
