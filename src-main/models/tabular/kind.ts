/** @file What a tabular model type brings: its regressor, how it likes its features, and how it is read back. */
import { treeTypes } from '../boosting/params/tree-models.ts';
import type { TreeType } from '../boosting/params/tree-models.ts';
import type { FeatureSpec } from '../../data/features/spec.ts';
import type { FittedRegressor, Regressor } from '../estimator.ts';

export const tabularTypes = ['linear', ...treeTypes] as const;
export type TabularType = 'linear' | TreeType;

export interface TabularKind {
  readonly type: TabularType;
  readonly basis: FeatureSpec['basis'];
  /** @param leads leads of one origin that are forecast together, at most those of a day */
  regressor(leads: number): Regressor;
}

/** @throws AppError `model-invalid` */
export type ReviveRegressor = (json: unknown) => FittedRegressor;
