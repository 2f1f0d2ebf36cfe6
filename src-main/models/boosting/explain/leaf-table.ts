/** @file What one leaf of value 1 contributes to its players, for every pattern of agreement. */
import { gaussLegendre } from './quadrature.ts';

/** Enough for the deepest leaf that tables are made for. */
export const maxTablePlayers = 12;

const products = Array.from(
  { length: (maxTablePlayers + 1) >> 1 },
  () => new Float64Array(1 << maxTablePlayers),
);

/**
 * @param share shape (players): share of rows that went the leaf's way at each player's splits
 * @param out shape (players x 2^players): `out[i << players | pattern]` is player i's contribution when bit j of
 *   `pattern` says whether the row agrees with player j; see shap-plain.ts for the formula
 */
export function fillLeafTable(share: Float64Array, players: number, out: Float64Array): void {
  const { node: t, weight } = gaussLegendre(Math.max(1, (players + 1) >> 1));
  const points = t.length;
  const size = 1 << players;
  // products of all factors, pattern by pattern: each player doubles the list
  for (let k = 0; k < points; k++) {
    const list = products[k];
    list[0] = weight[k];
    for (let j = 0, filled = 1; j < players; j++, filled <<= 1) {
      const absent = share[j] * (1 - t[k]);
      const present = t[k] + absent;
      for (let p = 0; p < filled; p++) {
        list[filled + p] = list[p] * present;
        list[p] *= absent;
      }
    }
  }
  const inverse = new Float64Array(points);
  for (let i = 0; i < players; i++) {
    const r = share[i];
    for (let k = 0; k < points; k++) inverse[k] = 1 / (t[k] + r * (1 - t[k]));
    const bit = 1 << i;
    const base = i << players;
    for (let p = 0; p < size; p++) {
      if ((p & bit) === 0) continue;
      let others = 0;
      for (let k = 0; k < points; k++) others += products[k][p] * inverse[k];
      out[base | p] = (1 - r) * others;
      out[base | (p ^ bit)] = -r * others;
    }
  }
}
