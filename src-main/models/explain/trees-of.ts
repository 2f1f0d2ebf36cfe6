/** @file The trees of a regressor, also of models saved before trees had one form. */
import { z } from 'zod';
import { forestFromJson, forestSchema } from '../boosting/predictor.ts';
import type { TreeEnsemble } from '../boosting/ensemble.ts';
import type { FittedRegressor } from '../estimator.ts';

const boosterSchema = z.object({
  format: z.literal('voltcast-booster'),
  version: z.literal(1),
  names: z.array(z.string()),
  levels: z.array(z.number()).nullable(),
  forest: forestSchema,
});

const known = new WeakMap<FittedRegressor, TreeEnsemble>();

/** Undefined for a regressor without trees. */
export function treesOf(regressor: FittedRegressor): TreeEnsemble | undefined {
  if (regressor.ensemble !== undefined) return regressor.ensemble;
  const kept = known.get(regressor);
  if (kept !== undefined) return kept;
  const parsed = boosterSchema.safeParse(regressor.toJSON());
  if (!parsed.success) return undefined;
  const { names, levels } = parsed.data;
  const { outputs, base, trees } = forestFromJson(parsed.data.forest, names.length);
  const join = (of: (tree: (typeof trees)[number]) => ArrayLike<number>): number[] => trees.flatMap((tree) => Array.from(of(tree)));
  const start = new Int32Array(trees.length + 1);
  trees.forEach((tree, t) => (start[t + 1] = start[t] + tree.feature.length));
  const nodes = start[trees.length];
  const ensemble: TreeEnsemble = {
    dialect: 'xgboost',
    features: names.map((name) => ({ name, kind: 'number', categories: null })),
    derived: [],
    tables: [],
    outputs,
    leafWidth: 1,
    treeOutput: Int32Array.from(trees, (_, t) => t % outputs),
    base,
    scale: 1,
    treesPerRound: outputs,
    trees: {
      shape: 'nodes',
      start,
      feature: Int32Array.from(join((tree) => tree.feature)),
      threshold: Float64Array.from(join((tree) => tree.threshold)),
      left: Int32Array.from(join((tree) => tree.left)),
      right: Int32Array.from(join((tree) => tree.left.map((left) => (left === 0 ? 0 : left + 1)))),
      flags: Uint8Array.from(join((tree) => tree.defaultLeft)),
      value: Float64Array.from(join((tree) => tree.value)),
      gain: Float64Array.from(join((tree) => tree.gain)),
      cover: Float64Array.from(join((tree) => tree.cover)),
      count: new Float64Array(nodes),
      setStart: new Int32Array(0),
      setBits: new Uint32Array(0),
    },
    compare: 'lt',
    single: false,
    missingAs: null,
    link: 'identity',
    objective: '',
    levels,
  };
  known.set(regressor, ensemble);
  return ensemble;
}
