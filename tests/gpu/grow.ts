/** Run by gpu.test.ts: grows the same trees on the processor and on the graphics device and prints what came out, as JSON. */
import { isDeepStrictEqual } from 'node:util';
import { createEngine } from '../../src-main/models/boosting/engine/engine.ts';
import { plainGrower } from '../../src-main/models/boosting/engine/grower-fixture.ts';
import type { SplitDevice } from '../../src-main/models/boosting/engine/split-device.ts';
import type {
  GrowerOptions,
  HistogramDevice,
  MakeDevice,
} from '../../src-main/models/boosting/engine/types.ts';
import { openGpu } from '../../src-main/models/boosting/gpu/gpu.ts';
import type { Gpu } from '../../src-main/models/boosting/gpu/gpu.ts';
import type { DeviceChoice } from '../../src-main/models/device-use.ts';
import { createRandom } from '../../src-main/models/random.ts';

const usual: GrowerOptions = { ...plainGrower, learningRate: 0.3, seed: 1 };
const rows = 4_000;
const random = createRandom(5);
/** 1 and 4 lack values; 4 has three of them; 5 is 3 again, so its borders tie with those of 3 */
const columns = Array.from({ length: 5 }, (_, f) =>
  Float64Array.from({ length: rows }, () =>
    f % 3 === 1 && random.next() < 0.1 ? NaN : f === 4 ? random.integer(3) : random.next() * 100 - 50,
  ),
);
columns.push(columns[3]);

interface Case {
  readonly grower: Partial<GrowerOptions>;
  readonly wide: boolean;
  readonly trees: number;
  readonly maxBin?: number;
  readonly categorical?: number;
  /** what becomes of the device in the middle of the last tree */
  readonly breaks?: 'lost' | 'wrong';
}

/** Trees as plain data; `beforeTree` may break the device. */
async function grow(
  { grower, wide, trees, maxBin = 64, categorical }: Case,
  makeDevice: MakeDevice | null,
  beforeTree: (tree: number) => void = () => undefined,
) {
  const options = { ...usual, ...grower };
  const engine = await createEngine(
    { rows, columns, categorical: columns.map((_, f) => f === categorical), weight: null },
    { maxBin, minDataInBin: 1, borders: options.policy === 'symmetric' ? 'catboost' : 'xgboost', seed: 1 },
    options,
    { threads: 2, makeDevice },
  );
  const grown: unknown[] = [];
  const draw = createRandom(9);
  for (let tree = 0; tree < trees; tree++) {
    beforeTree(tree);
    for (let i = 0; i < rows; i++) {
      engine.gradient[i] = Math.sin(columns[0][i] / 9 + tree) * 3 + (columns[1][i] > 0 ? 1 : 0) - draw.next();
      engine.hessian[i] = wide ? draw.next() + 0.01 : 1;
    }
    const drawn =
      tree === 1 ? Uint32Array.from({ length: rows }, (_, i) => i).filter((i) => i % 5 > 0) : null;
    const { trees: one } = engine.grow({ rows: drawn, constantHessian: !wide, tree });
    grown.push(structuredClone(one));
  }
  await engine.close();
  return grown;
}

const log: string[] = [];
const open = (choice: DeviceChoice): Promise<Gpu | null> =>
  openGpu({
    choice,
    fromRows: 200,
    patience: 100_000,
    log: (level, message) => void log.push(`${level}: ${message}`),
  });

interface Work {
  /** histograms that came back */
  built: number;
  /** questions about nodes, and questions about levels, that the device answered */
  searched: number;
  levels: number;
  /** nodes that it left to the processor */
  open: number;
}

/** Counts what the device does; `change` may spoil it. */
function counted(gpu: Gpu, change: (splits: SplitDevice) => SplitDevice = (splits) => splits) {
  const work: Work = { built: 0, searched: 0, levels: 0, open: 0 };
  const countedSplits = (own: SplitDevice): SplitDevice => ({
    slots: own.slots,
    search: (job) => {
      const found = own.search(job);
      work.searched += Number(found !== null && found.length > 0);
      work.open += found?.filter((borders) => borders === null).length ?? 0;
      return found;
    },
    level: (...given) => {
      const sums = own.level(...given);
      work.levels += Number(sums !== null);
      return sums;
    },
    pick: (...given) => own.pick(...given),
  });
  const make: MakeDevice = (data) => {
    const device = gpu.make(data);
    if (device === null) return null;
    const { splits } = device;
    return {
      name: device.name,
      get fromRows() {
        return device.fromRows;
      },
      splits: splits ? countedSplits(change(splits)) : null,
      begin: (...given) => device.begin(...given),
      build: (...given) => {
        const done = device.build(...given);
        work.built += Number(done);
        return done;
      },
    } satisfies HistogramDevice;
  };
  return { make, work };
}

/** opening a device and compiling for it is what takes time here: each is used for one case */
const cases: Record<string, Case> = {
  'depthwise, 16-bit bins': { grower: {}, wide: true, trees: 3, maxBin: 700, breaks: 'lost' },
  'leafwise with all rules': {
    grower: {
      policy: 'leafwise',
      maxLeaves: 12,
      alpha: 0.5,
      maxDeltaStep: 2,
      pathSmooth: 3,
      minRows: 20,
      minGain: 0.1,
      monotone: Int8Array.of(1, -1, 0, 0, 1, 0),
      interactions: [
        [0, 1, 2],
        [2, 3, 4, 5],
      ],
      columnShare: { tree: 1, level: 0.9, node: 0.8 },
    },
    wide: false,
    trees: 3,
    breaks: 'wrong',
  },
  'symmetric, noise and one category against the rest': {
    grower: {
      policy: 'symmetric',
      score: 'cosine',
      randomStrength: 1,
      categories: {
        dialect: 'lightgbm',
        oneHotUpTo: 9,
        maxThreshold: 32,
        smooth: 10,
        l2: 10,
        minDataPerGroup: 100,
      },
    },
    wide: true,
    trees: 2,
    categorical: 4,
  },
  'random borders, which the processor draws': { grower: { extraRandom: true }, wide: true, trees: 2 },
};
/** A device that is unplugged, or whose sums are not those of the rows, at the third question after `begin`. */
function breaking(gpu: Gpu, how: 'lost' | 'wrong') {
  let left = Infinity;
  const spoil = (splits: SplitDevice): SplitDevice => ({
    ...splits,
    search: (job) => {
      left--;
      if (left > 0) return splits.search(job);
      if (how === 'lost') gpu.lose();
      return splits.search({ ...job, nodes: { ...job.nodes, sums: job.nodes.sums.map((sum) => sum + 1n) } });
    },
  });
  return { spoil, begin: () => void (left = 3) };
}

const report: Record<string, unknown> = {};
let gpu = await open('gpu');
report['adapter'] = gpu?.name ?? null;
if (gpu !== null) {
  const grown: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(cases)) {
    gpu ??= (await open('gpu'))!;
    const { spoil, begin } = breaking(gpu, one.breaks ?? 'lost');
    const { make, work } = counted(gpu, one.breaks && spoil);
    let before = '';
    const theirs = await grow(one, make, (tree) => {
      if (tree < 2) return;
      before = gpu!.used();
      begin();
    });
    const used = [before || gpu.used(), gpu.used()];
    grown[name] = { same: isDeepStrictEqual(await grow(one, null), theirs), work, used };
    await gpu.close();
    gpu = null;
  }
  report['grown'] = grown;
}
report['auto'] = (await open('auto'))?.name ?? null;
report['cpu'] = (await open('cpu'))?.name ?? null;
report['log'] = log;
process.stdout.write(JSON.stringify(report));
