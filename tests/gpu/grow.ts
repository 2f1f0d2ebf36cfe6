/** Run by gpu.test.ts: grows the same trees on the processor and on the graphics device and prints what came out, as JSON. */
import { isDeepStrictEqual } from 'node:util';
import { createEngine } from '../../src-main/models/boosting/engine/engine.ts';
import type { GrowerOptions, MakeDevice } from '../../src-main/models/boosting/engine/types.ts';
import { openGpu } from '../../src-main/models/boosting/gpu/gpu.ts';
import type { Gpu } from '../../src-main/models/boosting/gpu/gpu.ts';
import type { DeviceChoice } from '../../src-main/models/device-use.ts';
import { createRandom } from '../../src-main/models/random.ts';

const options: GrowerOptions = {
  policy: 'depthwise',
  maxDepth: 5,
  maxLeaves: 0,
  lambda: 1,
  alpha: 0,
  minGain: 0,
  minHessian: 1,
  minRows: 1,
  maxDeltaStep: 0,
  learningRate: 0.3,
  columnShare: { tree: 1, level: 1, node: 1 },
  monotone: null,
  interactions: null,
  pathSmooth: 0,
  extraRandom: false,
  score: 'gain',
  randomStrength: 0,
  categories: null,
  seed: 1,
};
const policies = ['depthwise', 'leafwise', 'symmetric'] as const;
const rows = 6_000;
const random = createRandom(5);
const columns = [0, 1, 2, 3, 4, 5].map((f) =>
  Float64Array.from({ length: rows }, () =>
    f % 3 === 1 && random.next() < 0.1 ? NaN : f === 4 ? random.integer(3) : random.next() * 100 - 50,
  ),
);

/** Trees as plain data; `beforeTree` may break the device. */
async function grow(
  policy: (typeof policies)[number],
  wide: boolean,
  makeDevice: MakeDevice | null,
  trees: number,
  beforeTree: (tree: number) => void = () => undefined,
) {
  const engine = await createEngine(
    { rows, columns, categorical: columns.map(() => false), weight: null },
    {
      maxBin: wide && policy === 'depthwise' ? 1500 : 256,
      minDataInBin: 1,
      borders: policy === 'symmetric' ? 'catboost' : 'xgboost',
      seed: 1,
    },
    { ...options, policy, maxLeaves: policy === 'leafwise' ? 20 : 0 },
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
    fromRows: 500,
    patience: 100_000,
    log: (level, message) => void log.push(`${level}: ${message}`),
  });

/** how many histograms the device made, and it itself */
function counted(gpu: Gpu): { readonly make: MakeDevice; readonly built: () => number } {
  let built = 0;
  return {
    built: () => built,
    make: (data) => {
      const device = gpu.make(data);
      if (device === null) return null;
      const { build } = device;
      return Object.create(device, {
        name: { value: device.name },
        fromRows: { get: () => device.fromRows },
        begin: { value: device.begin.bind(device) },
        build: {
          value: (...given: Parameters<typeof build>) => {
            const done = build.apply(device, given);
            built += Number(done);
            return done;
          },
        },
      }) as typeof device;
    },
  };
}

/** opening a device and compiling for it is what takes time here: each is used for one case */
const first = await open('gpu');
const report: Record<string, unknown> = { adapter: first?.name ?? null };
if (first !== null) {
  const same: Record<string, unknown> = {};
  for (const policy of policies) {
    const wide = policy !== 'leafwise';
    const gpu = policy === 'depthwise' ? first : (await open('gpu'))!;
    const { make, built } = counted(gpu);
    const [ours, theirs] = [await grow(policy, wide, null, 2), await grow(policy, wide, make, 2)];
    same[`${policy} ${wide ? 'wide' : 'packed'}`] = {
      same: isDeepStrictEqual(ours, theirs),
      built: built(),
      used: gpu.used(),
    };
    await gpu.close();
  }
  report['same'] = same;

  const gpu = (await open('gpu'))!;
  const { make, built } = counted(gpu);
  let before = 0;
  const ours = await grow('depthwise', false, null, 4);
  const theirs = await grow('depthwise', false, make, 4, (tree) => {
    if (tree !== 2) return;
    before = built();
    gpu.lose();
  });
  report['lost'] = {
    same: isDeepStrictEqual(ours, theirs),
    before,
    after: built() - before,
    used: gpu.used(),
  };
  await gpu.close();
}
report['auto'] = (await open('auto'))?.name ?? null;
report['cpu'] = (await open('cpu'))?.name ?? null;
report['log'] = log;
process.stdout.write(JSON.stringify(report));
