import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomColumns, randomEnsemble } from '../../../../tests/support/random-ensemble.ts';
import type { TreeEnsemble } from '../ensemble.ts';
import { createPredictor } from '../predict/predictor.ts';
import { answer } from './answers.ts';
import { readColumns, treeContributions } from './shap.ts';
import { weightedTrees } from './weighted-trees.ts';
import type { WeightedTree } from './weighted-trees.ts';

const shapes = fc.record({
  features: fc.integer({ min: 1, max: 6 }),
  trees: fc.integer({ min: 1, max: 4 }),
  leaves: fc.integer({ min: 1, max: 20 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  thresholds: fc.integer({ min: 1, max: 8 }),
});

/** The definition: every subset of features known, the others weighed by the share of training rows. */
function byDefinition(
  ensemble: TreeEnsemble,
  columns: readonly Float64Array[],
  row: number,
  output: number,
): number[] {
  const features = ensemble.features.length;
  const values = readColumns(ensemble, columns, row + 1);
  const worth = (known: number): number => {
    let sum = 0;
    for (const tree of weightedTrees(ensemble)) {
      if (tree.output >= 0 && tree.output !== output) continue;
      sum += worthOf(ensemble, tree, values, row, known, 0, tree.output >= 0 ? 0 : output);
    }
    return ensemble.scale * sum;
  };
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const bits = (n: number): number => (n === 0 ? 0 : (n & 1) + bits(n >> 1));
  return Array.from({ length: features }, (_, f) => {
    let phi = 0;
    for (let set = 0; set < 1 << features; set++) {
      if (((set >> f) & 1) === 1) continue;
      const s = bits(set);
      const weight = (factorial(s) * factorial(features - s - 1)) / factorial(features);
      phi += weight * (worth(set | (1 << f)) - worth(set));
    }
    return phi;
  });
}

function worthOf(
  ensemble: TreeEnsemble,
  tree: WeightedTree,
  values: readonly Float64Array[],
  row: number,
  known: number,
  node: number,
  component: number,
): number {
  const q = tree.question[node];
  if (q < 0) return tree.value[node * ensemble.leafWidth + component];
  const question = tree.questions[q];
  const go = (child: number): number => worthOf(ensemble, tree, values, row, known, child, component);
  if (((known >> question.column) & 1) === 1) {
    const right = new Uint8Array(1);
    answer(ensemble, question, values[question.column], row, right);
    return go(right[0] === 1 ? tree.right[node] : tree.left[node]);
  }
  return (
    tree.share[tree.left[node]] * go(tree.left[node]) + tree.share[tree.right[node]] * go(tree.right[node])
  );
}

test('contributions are Shapley values by definition, by both methods', () => {
  fc.assert(
    fc.property(fc.integer(), shapes, (seed, shape) => {
      const ensemble = randomEnsemble(seed, shape);
      const columns = randomColumns(ensemble, 5, seed);
      const plain = treeContributions(ensemble, columns, 5, { method: 'plain' });
      const tables = treeContributions(ensemble, columns, 5, { method: 'tables' });
      for (let output = 0; output < ensemble.outputs; output++)
        for (let row = 0; row < 5; row += 2)
          byDefinition(ensemble, columns, row, output).forEach((value, f) => {
            expect(plain.values[output][f][row]).toBeCloseTo(value, 8);
            expect(tables.values[output][f][row]).toBeCloseTo(value, 8);
          });
    }),
    { numRuns: 60 },
  );
});

test('contributions and the expected value sum to the raw prediction', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom('plain' as const, 'tables' as const), (seed, method) => {
      const ensemble = randomEnsemble(seed, {
        features: 12,
        trees: 6,
        leaves: 40,
        outputs: 2,
        thresholds: 20,
      });
      const columns = randomColumns(ensemble, 60, seed);
      const raw = createPredictor(ensemble).raw(columns, 60);
      const { values, expected } = treeContributions(ensemble, columns, 60, { method });
      raw.forEach((scores, output) =>
        scores.forEach((score, row) => {
          const terms = [expected[output], ...values[output].map((list) => list[row])];
          const sum = terms.reduce((total, term) => total + term, 0);
          // random counts of rows make terms far larger than the score, and rounding goes by the terms
          const size = terms.reduce((total, term) => total + Math.abs(term), 1);
          expect(Math.abs(sum - score)).toBeLessThan(1e-12 * size);
        }),
      );
    }),
    { numRuns: 40 },
  );
});

test('one output of several is explained alone', () => {
  const ensemble = randomEnsemble(5, { features: 5, trees: 3, leaves: 8, outputs: 3, thresholds: 5 });
  const columns = randomColumns(ensemble, 10, 5);
  const all = treeContributions(ensemble, columns, 10);
  const one = treeContributions(ensemble, columns, 10, { outputs: [2] });
  expect(one.values[0]).toEqual(all.values[2]);
  expect(one.expected[0]).toBe(all.expected[2]);
});
