/** @file The columns of all parts of a model, gathered under the features people know. */
import { describeFeature, featureKey } from '../../../src-preload/contract/index.ts';
import type { ExplainedFeature } from '../../../src-preload/contract/index.ts';
import type { FeatureMatrix } from '../estimator.ts';
import type { ModelPart } from './parts.ts';

/** A part of the model with what it sees of the sample. */
export interface SeenPart extends ModelPart {
  readonly features: FeatureMatrix;
}

export interface KeyedFeature {
  readonly info: ExplainedFeature;
  /** the columns of this feature: [part, column] */
  readonly places: readonly (readonly [number, number])[];
  /** the column whose values are the feature's own; null when no single column is */
  readonly base: readonly [number, number] | null;
}

export interface Units {
  readonly target: string | null;
  readonly ofColumn: Readonly<Record<string, string | null>>;
}

export function keyFeatures(parts: readonly SeenPart[], units: Units): KeyedFeature[] {
  const byKey = new Map<string, [number, number][]>();
  parts.forEach((part, p) =>
    part.features.names.forEach((name, column) => {
      const key = featureKey(name);
      const list = byKey.get(key) ?? [];
      list.push([p, column]);
      byKey.set(key, list);
    }),
  );
  return [...byKey].map(([key, places]) => ({
    info: infoOf(key, parts, units),
    places,
    base: places.find(([p, column]) => parts[p].features.names[column] === key) ?? null,
  }));
}

function infoOf(key: string, parts: readonly SeenPart[], units: Units): ExplainedFeature {
  const label = describeFeature(key);
  let categories: string[] | null = null;
  if (label.column !== null)
    for (const { model } of parts) {
      const { known, past } = model.state.spec;
      categories ??= [...known, ...past].find((entry) => entry.name === label.column)?.levels ?? null;
    }
  return { key, label, categories, unit: categories === null ? unitOf(key, units) : null };
}

function unitOf(key: string, units: Units): string | null {
  const { kind, column } = describeFeature(key);
  if (column !== null) return units.ofColumn[column] ?? null;
  switch (kind) {
    case 'hour':
      return 'h';
    case 'lead':
    case 'weekday':
    case 'day_type':
    case 'year':
    case 'holiday':
    case 'before_holiday':
    case 'after_holiday':
      return null;
    default:
      return units.target;
  }
}

/** Values of a feature, null where missing; all null when no column holds them. */
export function valuesOf(feature: KeyedFeature, parts: readonly SeenPart[]): (number | null)[] {
  const { base } = feature;
  if (base === null) return Array.from({ length: parts[0].features.rows }, () => null);
  return Array.from(parts[base[0]].features.columns[base[1]], (x) => (Number.isFinite(x) ? x : null));
}
