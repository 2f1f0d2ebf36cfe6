/**
 * @file Trees on the graphics card against trees on the processor, on whatever adapter is there: how long one takes, and whether
 * they are the same.
 *
 *   npm run bench -- gpu [--json] [--sizes 100000x20,1000000x30] [--trees 10] [--threads 2]
 *                        [--policies depthwise,leafwise,symmetric]
 *
 * Each policy grows the same trees three times: on the processor; with histograms made by the card and searched by the processor;
 * and with the search on the card, too. `ms` is the median of a tree without the first; `deviceMs` what of it was spent waiting
 * for the card; `openMs` what it takes to load the driver, hand over the data and compile. Exits with 2 without an adapter, and
 * with 1 where trees differ.
 */
import { parseArgs, isDeepStrictEqual } from 'node:util';
import { createEngine } from '../src-main/models/boosting/engine/engine.ts';
import { plainGrower } from '../src-main/models/boosting/engine/grower-fixture.ts';
import type { SplitDevice } from '../src-main/models/boosting/engine/split-device.ts';
import type { GrowerOptions, HistogramDevice, MakeDevice } from '../src-main/models/boosting/engine/types.ts';
import { openGpu } from '../src-main/models/boosting/gpu/gpu.ts';
import { boostingTable } from './lib/boosting-data.ts';
import type { BoostingTable } from './lib/boosting-data.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '100000x20,1000000x30' },
    trees: { type: 'string', default: '10' },
    threads: { type: 'string', default: '2' },
    policies: { type: 'string', default: 'depthwise,leafwise,symmetric' },
  },
});

const usual: GrowerOptions = {
  ...plainGrower,
  maxDepth: 6,
  minRows: 20,
  learningRate: 0.1,
  score: 'cosine',
  seed: 1,
};
const policies: Readonly<
  Record<string, { grower: GrowerOptions; borders: 'xgboost' | 'lightgbm' | 'catboost' }>
> = {
  depthwise: { grower: { ...usual, policy: 'depthwise' }, borders: 'xgboost' },
  leafwise: { grower: { ...usual, policy: 'leafwise', maxDepth: 0, maxLeaves: 31 }, borders: 'lightgbm' },
  symmetric: { grower: { ...usual, policy: 'symmetric' }, borders: 'catboost' },
};

type Mode = 'processor' | 'histograms' | 'search';

interface Grown {
  readonly trees: readonly unknown[];
  readonly ms: number;
  readonly deviceMs: number;
  readonly openMs: number;
  readonly used: string;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function grow(table: BoostingTable, policy: string, mode: Mode): Promise<Grown | null> {
  const opened = performance.now();
  const gpu =
    mode === 'processor'
      ? null
      : await openGpu({ choice: 'gpu', patience: 120_000, log: (_, message) => console.error(message) });
  if (gpu === null && mode !== 'processor') return null;
  let waited = 0;
  const timed = <A extends unknown[], R>(call: (...given: A) => R): ((...given: A) => R) => {
    return (...given) => {
      const begun = performance.now();
      const result = call(...given);
      waited += performance.now() - begun;
      return result;
    };
  };
  const splitsOf = (own: SplitDevice): SplitDevice => ({
    slots: own.slots,
    search: timed((job) => own.search(job)),
    level: timed((nodes, columns) => own.level(nodes, columns)),
    pick: timed((nodes, questions) => own.pick(nodes, questions)),
  });
  const makeDevice: MakeDevice = (data) => {
    const device = gpu?.make(data) ?? null;
    if (device === null) return null;
    return {
      name: device.name,
      get fromRows() {
        return device.fromRows;
      },
      splits: mode === 'search' && device.splits ? splitsOf(device.splits) : null,
      begin: (...given) => device.begin(...given),
      build: timed((rows, cells) => device.build(rows, cells)),
    } satisfies HistogramDevice;
  };
  const { grower, borders } = policies[policy];
  const { rows, columns, target } = table;
  const engine = await createEngine(
    { rows, columns, categorical: columns.map(() => false), weight: null },
    { maxBin: 255, minDataInBin: 3, borders, seed: 1 },
    grower,
    { threads: Number(options.threads), makeDevice: gpu === null ? null : makeDevice },
  );
  const openMs = performance.now() - opened;
  const predicted = engine.floats(rows);
  const trees: unknown[] = [];
  const times: number[] = [];
  const waits: number[] = [];
  for (let tree = 0; tree < Number(options.trees); tree++) {
    for (let i = 0; i < rows; i++) engine.gradient[i] = predicted[i] - target[i];
    waited = 0;
    const begun = performance.now();
    const grown = engine.grow({ rows: null, constantHessian: true, tree });
    times.push(performance.now() - begun);
    waits.push(waited);
    engine.addTo(predicted, grown);
    trees.push(structuredClone(grown.trees));
  }
  const used = gpu?.used() ?? 'cpu';
  await engine.close();
  await gpu?.close();
  return { trees, ms: median(times.slice(1)), deviceMs: median(waits.slice(1)), openMs, used };
}

const found: unknown[] = [];
let differ = false;
for (const size of options.sizes.split(',')) {
  const [rows, columns] = size.split('x').map(Number);
  const table = boostingTable(rows, columns, 1);
  for (const policy of options.policies.split(',')) {
    const processor = (await grow(table, policy, 'processor'))!;
    for (const mode of ['histograms', 'search'] as const) {
      const device = await grow(table, policy, mode);
      if (device === null) process.exit(2);
      const same = isDeepStrictEqual(device.trees, processor.trees);
      differ ||= !same || device.used === 'cpu';
      const row = {
        size,
        policy,
        device: device.used,
        mode,
        processorMs: Number(processor.ms.toFixed(1)),
        ms: Number(device.ms.toFixed(1)),
        deviceMs: Number(device.deviceMs.toFixed(1)),
        faster: Number((processor.ms / device.ms).toFixed(2)),
        openMs: Math.round(device.openMs - processor.openMs),
        same,
      };
      found.push(row);
      if (!options.json)
        console.log(
          `${size} ${policy}, ${mode === 'search' ? 'histograms and search' : 'histograms'} on ${row.device}: ${row.ms} ms a tree ` +
            `(${row.deviceMs} of them waiting for it), processor ${row.processorMs} ms: x ${row.faster}; ` +
            `opening ${row.openMs} ms; ${same ? 'same trees' : 'TREES DIFFER'}`,
        );
    }
  }
}
if (options.json) console.log(JSON.stringify(found, null, 2));
process.exitCode = differ ? 1 : 0;
