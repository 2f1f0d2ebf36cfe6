/** @file A feature set to one value in every row, with the columns that follow from it. */
import type { FeatureMatrix } from '../estimator.ts';
import type { KeyedFeature, SeenPart } from './keyed.ts';

/** Matrices of all parts with the feature at `value`; what cannot be recomputed from the matrix alone stays as it is. */
export function setFeature(
  parts: readonly SeenPart[],
  feature: KeyedFeature,
  value: number,
): FeatureMatrix[] {
  return parts.map(({ features }, p) => {
    const columns = [...features.columns];
    for (const [part, at] of feature.places) {
      if (part !== p) continue;
      columns[at] = columnAt(features, at, value);
    }
    return { ...features, columns };
  });
}

function columnAt(features: FeatureMatrix, at: number, value: number): Float64Array {
  const name = features.names[at];
  const { rows } = features;
  const above = / above (-?[\d.]+(?:e-?\d+)?)$/.exec(name);
  if (above) return new Float64Array(rows).fill(Math.max(0, value - Number(above[1])));
  const clock = /^clock_(\d+)_(\d+)$/.exec(name);
  if (clock) return clockAt(features, Number(clock[1]), Number(clock[2]), value);
  // products with the lead time and halves of a circle do not follow from one value
  if (/ x fade_\d+$|^fade_\d+$|^year_(sin|cos)$/.test(name)) return features.columns[at];
  return new Float64Array(rows).fill(value);
}

/** The spline of data/features/linear-basis.ts: hats around knots that divide the day evenly, per type of day. */
function clockAt(features: FeatureMatrix, type: number, knot: number, hour: number): Float64Array {
  const knots = features.names.filter((name) => name.startsWith(`clock_${type}_`)).length;
  const x = (hour / 24) * knots - knot;
  const hat = Math.max(0, 1 - Math.min(Math.abs(x), Math.abs(x - knots), Math.abs(x + knots)));
  const dayType = features.columns[features.names.indexOf('day_type')] ?? null;
  return Float64Array.from({ length: features.rows }, (_, i) => (dayType?.[i] === type ? hat : 0));
}
