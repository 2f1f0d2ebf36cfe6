/** @file What T5's attention adds to its scores: a number for each head and kind of distance between two tokens. */
import type { Value } from '../../tensor/graph.ts';
import { gather, reshape, sizeOf, transpose } from '../../tensor/ops/arrange.ts';
import { add, greater, max, min, sub, where } from '../../tensor/ops/elementwise.ts';
import type { Dim } from '../../tensor/shape.ts';
import type { T5Config } from './config.ts';

const { fround } = Math;

/**
 * The kind of a distance (key - query): near ones are each a kind of their own, far ones share kinds by their logarithm. Worked
 * out in 32 bits, as the original does: whole logarithms decide.
 * @param both whether keys after the query have kinds of their own; else all are of kind 0
 */
export function bucketOf(distance: number, both: boolean, buckets: number, maxDistance: number): number {
  const kinds = both ? Math.floor(buckets / 2) : buckets;
  const first = both && distance > 0 ? kinds : 0;
  const far = both ? Math.abs(distance) : Math.max(0, -distance);
  const exact = Math.floor(kinds / 2);
  if (far < exact) return first + far;
  const share = fround(fround(Math.log(fround(far / exact))) / fround(Math.log(maxDistance / exact)));
  return first + Math.min(kinds - 1, exact + Math.trunc(fround(share * (kinds - exact))));
}

/** The largest negative number of 32 bits: infinity would turn a fully hidden row into NaN. */
export const hidden = -3.4028234663852886e38;

const vector = (like: Value, values: readonly number[]): Value =>
  like.graph.constant('int64', [values.length], values);

/** 0 .. count - 1, int64 */
function range(like: Value, count: Dim): Value {
  const { graph } = like;
  const scalarOf = (value: number): Value => graph.constant('int64', [], [value]);
  return graph.node({
    type: 'Range',
    inputs: [scalarOf(0), reshape(sizeOf(graph, count), []), scalarOf(1)],
    outputs: [{ type: 'int64', shape: [count] }],
  })[0];
}

export interface Positions {
  readonly queries: Dim;
  readonly keys: Dim;
  /** queries begin at the position of the last keys: what a decoder has behind it. Else both begin together */
  readonly atEnd: boolean;
}

/**
 * @param table [buckets, heads] of the checkpoint
 * @param both an encoder, whose tokens see what is before and after them; else a decoder, to which what is after is hidden
 * @returns [1, heads, queries, keys]
 */
export function relativeBias(
  { heads, buckets, maxDistance }: T5Config,
  table: Value,
  both: boolean,
  { queries, keys, atEnd }: Positions,
): Value {
  const { graph } = table;
  const [low, high] = [-maxDistance, both ? maxDistance : 0];
  const kinds = Array.from({ length: high - low + 1 }, (_, i) =>
    bucketOf(low + i, both, buckets, maxDistance),
  );
  // one row for each distance that there is
  const byDistance = gather(table, vector(table, kinds));
  const query = range(table, queries);
  const key = range(table, keys);
  const behind = atEnd ? sub(sizeOf(graph, keys), sizeOf(graph, queries)) : vector(table, [0]);
  const distance = sub(reshape(key, [1, keys]), reshape(add(query, behind), [queries, 1]));
  const row = sub(min(max(distance, low), high), low);
  const bias = reshape(transpose(gather(byDistance, row), [2, 0, 1]), [1, heads, queries, keys]);
  if (both) return bias;
  return where(greater(distance, 0), graph.constant('float32', [], [hidden]), bias);
}
