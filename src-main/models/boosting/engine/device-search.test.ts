/**
 * The engine's side of a search on a device, with a device that proposes every border it is asked about: what is chosen of them, in
 * doubles, must be what the kernel chooses. (tests/gpu has a real one.)
 */
import { expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import { binsOf, columnKind } from './columns.ts';
import { createEngine } from './engine.ts';
import { plainGrower } from './grower-fixture.ts';
import type { FoundBorder, NodeSums, SplitDevice } from './split-device.ts';
import type { DeviceData, GrowerOptions, HistogramDevice, MakeDevice } from './types.ts';

const rows = 600;
const random = createRandom(5);
const columns = Array.from({ length: 5 }, (_, f) =>
  Float64Array.from({ length: rows }, () =>
    f % 2 === 1 && random.next() < 0.2 ? NaN : f === 4 ? random.integer(4) : random.next() * 50 - 20,
  ),
);
columns.push(columns[2]); // ties with another column

const usual: GrowerOptions = {
  ...plainGrower,
  minHessian: 0.5,
  minRows: 2,
  learningRate: 0.3,
  score: 'cosine',
  seed: 1,
};

type Refusal = 'search' | 'level' | 'pick' | 'borders';

/** Sums plainly, on this thread. @param refuses what it does not do from the third time on: it fails, or leaves a node open */
function everyBorder(data: DeviceData, refuses: Refusal | null): HistogramDevice & { searched: number } {
  const { memory, quantised, columns: store, rows: all } = data;
  const bytes = new Uint8Array(memory);
  const slots = new Map<number, BigInt64Array>();
  let wide = false;
  let shift = 0n;
  let calls = 0;
  const fails = (what: Refusal): boolean => what === refuses && ++calls > 2;
  const binOf = (f: number, row: number): number => {
    const { address, stride } = binsOf(store, f);
    return bytes[address + row * stride];
  };
  const valuesOf = (row: number): [bigint, bigint] => {
    const whole = new Int32Array(memory, quantised, (wide ? 2 : 1) * all);
    const sum = (at: number): bigint => BigInt(whole[at]) << shift;
    return wide ? [sum(2 * row), sum(2 * row + 1) + 1n] : [sum(row) + 1n, 0n];
  };
  const sumOf = (slot: number, f: number, bins: Iterable<number>): [bigint, bigint] => {
    const cells = slots.get(slot)!;
    let [a, b] = [0n, 0n];
    for (const bin of bins) {
      a += cells[2 * (store.columns[f].cell + bin)];
      b += cells[2 * (store.columns[f].cell + bin) + 1];
    }
    return [a, b];
  };
  const upTo = (bin: number): number[] => Array.from({ length: bin + 1 }, (_, k) => k);
  const build = (address: number, count: number): BigInt64Array => {
    const cells = new BigInt64Array(2 * store.cells);
    for (let i = 0; i < count; i++) {
      const row = address === 0 ? i : new Uint32Array(memory, address, count)[i];
      const [a, b] = valuesOf(row);
      store.columns.forEach(({ cell }, f) => {
        const at = 2 * (cell + binOf(f, row));
        cells[at] += a;
        cells[at + 1] += b;
      });
    }
    return cells;
  };
  const bordersOf = (slot: number, f: number): FoundBorder[] => {
    const { values, hasMissing } = store.columns[f];
    const missing = sumOf(slot, f, hasMissing ? [values] : []);
    return upTo(values - 1).flatMap((bin) => {
      const [a, b] = sumOf(slot, f, upTo(bin));
      const [c, d] = sumOf(slot, f, upTo(bin - 1));
      return [
        { column: f, bin, defaultLeft: false, left0: a, left1: b },
        { column: f, bin: bin - 1, defaultLeft: true, left0: c + missing[0], left1: d + missing[1] },
      ];
    });
  };
  const pick = ({ slots: at }: NodeSums, questions: Int32Array): BigInt64Array =>
    BigInt64Array.from(
      Array.from({ length: questions.length / 2 }, (_, q) => {
        const [f, bin] = [questions[2 * q], questions[2 * q + 1]];
        const bins = store.columns[f].kind === columnKind.oneHot ? [bin] : upTo(bin);
        return Array.from(at, (slot) => sumOf(slot, f, bins));
      }).flat(2),
    );
  const splits: SplitDevice = {
    slots: 1000,
    search({ built, taken, nodes, masks }) {
      if (fails('search')) return null;
      for (let k = 0; k < built.length; k += 3) slots.set(built[k + 2], build(built[k], built[k + 1]));
      for (let k = 0; k < taken.length; k += 2) {
        const [parent, child] = [slots.get(taken[k])!, slots.get(taken[k + 1])!];
        slots.set(
          taken[k],
          parent.map((sum, i) => sum - child[i]),
        );
      }
      device.searched += nodes.slots.length;
      return Array.from(nodes.slots, (slot, k) => {
        if (fails('borders')) return null;
        const asked = store.columns.flatMap((_, f) => (((masks[k] >> f) & 1) === 1 ? [f] : []));
        return asked.flatMap((f) => bordersOf(slot, f)).reverse();
      });
    },
    level(nodes, asked) {
      if (fails('level')) return null;
      device.searched++;
      const sums = { numerators: new Float64Array(store.cells), denominators: new Float64Array(store.cells) };
      const number = (a: bigint, b: bigint): [number, number] => [
        Number(a >> shift) * units[0],
        wide ? Number(b >> shift) * units[1] : Number(a & ((1n << shift) - 1n)),
      ];
      for (const f of asked)
        for (let bin = 0; bin < store.columns[f].values; bin++) {
          const picked = pick(nodes, Int32Array.of(f, bin));
          nodes.slots.forEach((_, k) => {
            const [a, b] = [picked[2 * k], picked[2 * k + 1]];
            for (const [g, h] of [number(a, b), number(nodes.sums[2 * k] - a, nodes.sums[2 * k + 1] - b)]) {
              const w = h > 0 ? g / (h + usual.lambda) : 0;
              sums.numerators[store.columns[f].cell + bin] += g * w;
              sums.denominators[store.columns[f].cell + bin] += w * w * h;
            }
          });
        }
      return sums;
    },
    pick: (nodes, questions) => (fails('pick') ? null : pick(nodes, questions)),
  };
  let units: readonly [number, number] = [1, 1];
  const device = {
    name: 'every border',
    fromRows: 50,
    searched: 0,
    splits,
    begin(isWide: boolean, bits: number, gradientUnit: number, hessianUnit: number) {
      wide = isWide;
      shift = BigInt(bits);
      units = [gradientUnit, hessianUnit];
      slots.clear();
    },
    build: () => false,
  };
  return device;
}

async function grow(
  grower: Partial<GrowerOptions>,
  wide: boolean,
  makeDevice: MakeDevice | null,
): Promise<unknown[]> {
  const options = { ...usual, ...grower };
  const isSymmetric = options.policy === 'symmetric';
  const engine = await createEngine(
    { rows, columns, categorical: columns.map((_, f) => isSymmetric && f === 4), weight: null },
    { maxBin: 20, minDataInBin: 1, borders: isSymmetric ? 'catboost' : 'xgboost', seed: 1 },
    options,
    { threads: 1, makeDevice },
  );
  const draw = createRandom(9);
  const grown = [0, 1].map((tree) => {
    for (let i = 0; i < rows; i++) {
      engine.gradient[i] = (columns[1][i] > 0 ? 3 : 1) - Math.sin(columns[0][i] / 9) - draw.next();
      engine.hessian[i] = wide ? draw.next() + 0.01 : 1;
    }
    const drawn =
      tree === 0 ? null : Uint32Array.from({ length: rows }, (_, i) => i).filter((i) => i % 3 > 0);
    return structuredClone(engine.grow({ rows: drawn, constantHessian: !wide, tree }).trees);
  });
  await engine.close();
  return grown;
}

const directions = Int8Array.of(1, -1, 0, 0, 1, 0);
const cases: [string, Partial<GrowerOptions>, boolean][] = [
  ['depthwise', {}, true],
  ['depthwise, packed, few columns per node', { columnShare: { tree: 0.9, level: 0.9, node: 0.7 } }, false],
  ['lossguide with bounds', { policy: 'lossguide', maxLeaves: 9, alpha: 0.3, maxDeltaStep: 0.5 }, true],
  [
    'lossguide with directions',
    { policy: 'lossguide', maxLeaves: 9, alpha: 0.3, monotone: directions },
    true,
  ],
  ['leafwise', { policy: 'leafwise', maxDepth: 0, maxLeaves: 12, lambda: 0 }, false],
  [
    'leafwise, smoothed',
    { policy: 'leafwise', maxLeaves: 9, pathSmooth: 4, alpha: 0.2, monotone: directions },
    true,
  ],
  ['symmetric', { policy: 'symmetric' }, false],
  ['symmetric with noise', { policy: 'symmetric', score: 'l2', randomStrength: 2 }, true],
];

test.each(cases)('of all borders the one of the threads is chosen: %s', async (_, grower, wide) => {
  const devices: ReturnType<typeof everyBorder>[] = [];
  const make: MakeDevice = (data) => (devices[0] = everyBorder(data, null));
  expect(await grow(grower, wide, make)).toEqual(await grow(grower, wide, null));
  expect(devices[0].searched).toBeGreaterThan(6);
});

test.each<[Refusal, GrowerOptions['policy']]>([
  ['search', 'depthwise'],
  ['borders', 'depthwise'],
  ['borders', 'lossguide'],
  ['search', 'symmetric'],
  ['level', 'symmetric'],
  ['pick', 'symmetric'],
])('what a device refuses the threads do: %s, %s', async (refuses, policy) => {
  const grower = { policy, maxLeaves: policy === 'lossguide' ? 9 : 0 };
  const make: MakeDevice = (data) => everyBorder(data, refuses);
  expect(await grow(grower, true, make)).toEqual(await grow(grower, true, null));
});
