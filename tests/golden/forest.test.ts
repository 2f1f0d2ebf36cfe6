/**
 * @file Our decision trees and forests against the real scikit-learn (forest.json, written by make_forest.py beside this file).
 * A tree without anything random predicts the same value by value; forests draw from other random streams, so their errors
 * on other rows must agree within the spread between seeds.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { treeModels } from '../../src-main/models/boosting/params/tree-models.ts';
import type { NodeTrees } from '../../src-main/models/boosting/ensemble.ts';
import type { GoldenData } from './support/trees.ts';
import { predictWith, trainOn } from './support/trees.ts';

interface Golden {
  readonly data: Readonly<Record<string, GoldenData & { readonly testY: readonly number[] }>>;
  readonly trees: readonly {
    readonly name: string;
    readonly params: Record<string, unknown>;
    readonly data: string;
    readonly leaves: number;
    /** null where scikit-learn's own seed decides a tie */
    readonly predicted: readonly (number | null)[];
  }[];
  readonly forests: readonly {
    readonly name: string;
    readonly type: 'random_forest' | 'extra_trees' | 'decision_tree';
    readonly params: Record<string, unknown>;
    readonly data: string;
    readonly rmse: number;
    /** standard deviation between seeds */
    readonly deviation: number;
  }[];
}
const golden = JSON.parse(readFileSync(new URL('forest.json', import.meta.url), 'utf8')) as Golden;
/** scikit-learn's own, where ours is another */
const theirs = { min_samples_leaf: 1 };

describe('decision_tree', () => {
  test.each(golden.trees.map((one) => [one.name, one] as const))('%s equals the library', async (_name, one) => {
    const data = golden.data[one.data];
    const ensemble = await trainOn(treeModels.decision_tree.plan({ ...theirs, ...one.params }), data);
    const trees = ensemble.trees as NodeTrees;
    expect(trees.feature.filter((f) => f < 0)).toHaveLength(one.leaves);
    const [predicted] = predictWith(ensemble, data.test);
    one.predicted.forEach((value, i) => {
      if (value !== null) expect(predicted[i], `row ${i}`).toBeCloseTo(value, 5);
    });
  });
});

describe('forests', () => {
  test.each(golden.forests.map((one) => [one.name, one] as const))('%s errs as the library does', async (_name, one) => {
    const data = golden.data[one.data];
    const seeds = one.type === 'decision_tree' ? 60 : 4;
    const errors: number[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const plan = treeModels[one.type].plan({ ...theirs, ...one.params, random_state: seed });
      const [predicted] = predictWith(await trainOn({ ...plan }, data), data.test);
      const squares = data.testY.reduce((sum, y, i) => sum + (predicted[i] - y) ** 2, 0);
      errors.push(Math.sqrt(squares / data.testY.length));
    }
    const mean = errors.reduce((sum, error) => sum + error, 0) / seeds;
    // four deviations of the difference of two means
    const band = 4 * one.deviation * Math.sqrt(1 / seeds + 1 / 12);
    expect(Math.abs(mean - one.rmse), `${mean} and ${one.rmse}`).toBeLessThan(band);
  });
});
