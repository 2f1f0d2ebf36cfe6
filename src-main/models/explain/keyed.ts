/** @file The columns of all parts of a model, gathered under the features people know. */
import { describeFeature, featureKey, membersKey } from '../../../src-preload/contract/index.ts';
import type { ExplainedFeature } from '../../../src-preload/contract/index.ts';
import type { FeatureMatrix } from '../estimator.ts';
import { isCorrection } from './parts.ts';
import type { CorrectionPart, MemberPart } from './parts.ts';

/** A part of the model with what it sees of the sample. */
export type SeenPart = SeenMember | SeenCorrection;
interface SeenMember extends MemberPart {
  readonly features: FeatureMatrix;
}
interface SeenCorrection extends CorrectionPart {
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
      const key = isCorrection(part) ? correctionKey(part, column, name) : featureKey(name);
      const list = byKey.get(key) ?? [];
      list.push([p, column]);
      byKey.set(key, list);
    }),
  );
  return [...byKey].map(([key, places]) => ({
    info: infoOf(key, parts, units),
    places,
    base: places.find(([p, column]) => keyIsName(parts[p], column, key)) ?? null,
  }));
}

/** The members' forecasts, which come first, have keys of their own: a column of the data may be called like them. */
function correctionKey({ model }: CorrectionPart, column: number, name: string): string {
  return column > model.labels.length
    ? featureKey(name)
    : membersKey(column === 0 ? null : model.labels[column - 1]);
}

function keyIsName(part: SeenPart, column: number, key: string): boolean {
  if (isCorrection(part) && column <= part.model.labels.length) return true;
  return part.features.names[column] === key;
}

function infoOf(key: string, parts: readonly SeenPart[], units: Units): ExplainedFeature {
  const label = describeFeature(key);
  let categories: string[] | null = null;
  if (label.column !== null && label.kind !== 'member_apart')
    for (const { model } of parts) {
      const { known = [], past = [] } = model.state.spec ?? {};
      categories ??= [...known, ...past].find((entry) => entry.name === label.column)?.levels ?? null;
    }
  return { key, label, categories, unit: categories === null ? unitOf(key, units) : null };
}

function unitOf(key: string, units: Units): string | null {
  const { kind, column } = describeFeature(key);
  if (column !== null && kind !== 'member_apart') return units.ofColumn[column] ?? null;
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
