import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src-preload/contract/index.ts';
import { pack } from '../codec.ts';
import { createRandom } from '../random.ts';
import { binColumns } from './binning.ts';
import { Grower } from './grower.ts';
import { addTree, addTreeBinned, forestFromJson, forestToJson } from './predictor.ts';
import type { Tree } from './types.ts';

/** x0 < 2 ? (missing left) 1 : (x1 < 5 ? 10 : 20) */
const tree: Tree = {
  feature: Int32Array.of(0, -1, 1, -1, -1),
  threshold: Float64Array.of(2, 0, 5, 0, 0),
  left: Int32Array.of(1, 0, 3, 0, 0),
  defaultLeft: Uint8Array.of(1, 0, 0, 0, 0),
  value: Float64Array.of(0, 1, 0, 10, 20),
  gain: Float64Array.of(3, 0, 2, 0, 0),
  cover: Float64Array.of(4, 1, 3, 1, 2),
};

test('a tree by hand', () => {
  const out = new Float64Array(5);
  addTree(
    tree,
    [Float64Array.of(1, 2, 3, Number.NaN, 9), Float64Array.of(0, 4.9, 5, 0, Number.NaN)],
    5,
    out,
  );
  expect([...out]).toEqual([1, 10, 20, 1, 20]);
});

test('codes lead every training row to the leaf its values lead to', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = createRandom(seed);
    const columns = Array.from({ length: 3 }, (_, f) =>
      Float64Array.from({ length: 300 }, () => (random.next() < 0.2 ? Number.NaN : f === 0 ? random.integer(6) : random.next())),
    );
    const bins = binColumns(columns, 300, null, 32);
    const grower = new Grower(bins, {
      maxDepth: 5,
      gamma: 0,
      learningRate: 1,
      lambda: 1,
      alpha: 0,
      minChildWeight: 1,
      maxDeltaStep: 0,
      columnShareByTree: 1,
      columnShareByLevel: 1,
      columnShareByNode: 1,
      seed,
    });
    const rows = Uint32Array.from({ length: 300 }, (_, i) => i);
    const gradient = Float32Array.from(rows, () => random.next() - 0.5);
    const grown = grower.grow(rows, gradient, null, 0, null);
    const byValue = new Float64Array(300);
    const byCode = new Float64Array(300);
    const byLeaf = new Float64Array(300);
    addTree(grown, columns, 300, byValue);
    addTreeBinned(grown, bins, rows, byCode);
    grower.addTo(byLeaf, grown);
    expect(grown.feature.length).toBeGreaterThan(10);
    expect(byCode).toEqual(byValue);
    expect(byLeaf).toEqual(byValue);
  }
});

describe('forests read back', () => {
  const good = forestToJson({ outputs: 1, base: Float64Array.of(2), trees: [tree, tree] });

  test('are the same', () => {
    const back = forestFromJson(good, 2);
    expect(back.trees[1]).toEqual(tree);
    expect(back.base).toEqual(Float64Array.of(2));
  });

  test.each([
    ['a child before its parent', { left: pack(Int32Array.of(1, 0, 1, 0, 0, 1, 0, 3, 0, 0)) }],
    ['a child beyond the tree', { left: pack(Int32Array.of(4, 0, 3, 0, 0, 1, 0, 3, 0, 0)) }],
    ['a node that is its own child', { left: pack(Int32Array.of(0, 0, 3, 0, 0, 1, 0, 3, 0, 0)) }],
    ['an unknown column', { feature: pack(Int32Array.of(7, -1, 1, -1, -1, 0, -1, 1, -1, -1)) }],
    ['an array that is too short', { value: pack(new Float64Array(9)) }],
    ['trees without nodes', { sizes: pack(Int32Array.of(10, 0)) }],
    ['negative sizes', { sizes: pack(Int32Array.of(-5, 15)) }],
    ['no base for an output', { outputs: 2 }],
    ['another kind of number', { threshold: pack(new Float32Array(10)) }],
  ])('%s is refused', (_name, damage) => {
    expect(() => forestFromJson({ ...good, ...damage }, 2)).toThrow(AppError);
  });
});
