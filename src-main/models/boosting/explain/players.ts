/**
 * @file Who shares in a prediction: the input features, and for CatBoost also sets of features that only work together
 * (a statistic of a combination of categories). What such a set contributes is divided evenly among its features, which is
 * what CatBoost's ShapValues does.
 */
import type { TreeEnsemble } from '../ensemble.ts';

export interface Players {
  /** shape (inputs + derived): the player that a split on a column belongs to */
  readonly ofColumn: Int32Array;
  /** per player: its input features, ascending */
  readonly features: readonly (readonly number[])[];
}

export function playersOf(ensemble: TreeEnsemble): Players {
  const inputs = ensemble.features.length;
  const features: number[][] = ensemble.features.map((_, f) => [f]);
  const known = new Map(features.map((set, player) => [String(set[0]), player]));
  const ofColumn = new Int32Array(inputs + ensemble.derived.length);
  for (let f = 0; f < inputs; f++) ofColumn[f] = f;
  ensemble.derived.forEach((column, d) => {
    const parts = [
      ...column.columns,
      ...column.binary.map((entry) => entry.column),
      ...column.equal.map((entry) => entry.column),
    ];
    const set = [...new Set(parts)].sort((a, b) => a - b);
    const key = set.join();
    let player = known.get(key);
    if (player === undefined) {
      player = features.length;
      features.push(set);
      known.set(key, player);
    }
    ofColumn[inputs + d] = player;
  });
  return { ofColumn, features };
}

/** Adds what players got to their features. @param byPlayer one array per player; null: took no part */
export function shareOut<T extends Float64Array>(
  players: Players,
  byPlayer: readonly (T | null)[],
  into: readonly T[],
): void {
  byPlayer.forEach((values, player) => {
    if (values === null) return;
    const set = players.features[player];
    for (const f of set) {
      const out = into[f];
      for (let i = 0; i < out.length; i++) out[i] += values[i] / set.length;
    }
  });
}
