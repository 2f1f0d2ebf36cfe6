/** @file From grown trees to one {@link TreeEnsemble}. */
import { AppError } from '../../../../src-preload/contract/index.ts';
import { treeCount } from '../ensemble.ts';
import type { NodeTrees, SymmetricTrees, TreeEnsemble } from '../ensemble.ts';
import { concatEnsembles, concatTrees } from '../predict/trim.ts';
import type { TrainConfig, TrainingSet } from './config.ts';
import { prune } from './prune.ts';

/** Everything about the ensemble but its trees. @param base first raw scores, shape (outputs) */
export function emptyEnsemble(set: TrainingSet, config: TrainConfig, base: Float64Array): TreeEnsemble {
  const { dialect, objective, grower, treesPerRound, sharedTrees = false } = config;
  return {
    dialect,
    features: set.names.map((name, f) => ({
      name,
      kind: set.categorical[f] ? 'category' : 'number',
      categories: set.categories?.[f] ?? null,
    })),
    derived: [],
    tables: [],
    outputs: objective.outputs,
    leafWidth: sharedTrees ? objective.outputs : 1,
    treeOutput: new Int32Array(0),
    base,
    scale: 1,
    treesPerRound: sharedTrees ? 1 : treesPerRound * objective.outputs,
    trees: concatTrees([]),
    // XGBoost's borders are values of the next bin, the others' lie between two values or are the lower one
    compare: dialect === 'xgboost' ? 'lt' : 'le',
    single: dialect !== 'lightgbm',
    missingAs: grower.policy === 'symmetric' ? set.names.map(() => 'min' as const) : null,
    link: objective.link,
    objective: objective.name,
    levels: objective.levels,
  };
}

/**
 * @param trees in the order they were grown
 * @param derived columns and tables the trees may refer to; null without
 * @param init trees that come first; null without
 */
export function assemble(
  empty: TreeEnsemble,
  trees: readonly (NodeTrees | SymmetricTrees)[],
  { objective, treesPerRound, averaged, leafPrice = 0 }: TrainConfig,
  derived: Pick<TreeEnsemble, 'derived' | 'tables'> | null,
  init: TreeEnsemble | null = null,
): TreeEnsemble {
  const own: TreeEnsemble = {
    ...empty,
    derived: derived?.derived ?? [],
    tables: derived?.tables ?? [],
    trees: concatTrees(trees.map((tree) => (tree.shape === 'nodes' ? prune(tree, leafPrice) : tree))),
    treeOutput: Int32Array.from(trees, (_, t) =>
      empty.leafWidth === 1 ? Math.floor(t / treesPerRound) % objective.outputs : 0,
    ),
    scale: averaged ? 1 / trees.length : 1,
  };
  return init === null || treeCount(init) === 0 ? own : concatEnsembles(init, own);
}

/** @throws AppError `ensembles-differ` when training cannot go on from `init` */
export function requireContinuable(init: TreeEnsemble, own: TreeEnsemble): void {
  const fits =
    init.scale === 1 &&
    init.leafWidth === own.leafWidth &&
    init.derived.length === 0 &&
    init.outputs === own.outputs &&
    init.link === own.link &&
    init.compare === own.compare &&
    init.features.length === own.features.length &&
    init.features.every(({ name }, f) => name === own.features[f].name);
  if (fits) return;
  throw new AppError({
    code: 'ensembles-differ',
    message:
      'Training cannot go on from this model: it is a forest, reads other columns, or gives another kind of prediction.',
    hint: 'Go on from a boosted model of the same type, columns and objective, or start anew.',
  });
}
