/** @file Going on from a model that is there: the same features in the same order, and what differs is named. */
import { featureNames } from '../../data/features/builder.ts';
import type { FeatureSpec } from '../../data/features/spec.ts';
import { continueDiffers } from '../boosting/continuable.ts';
import { treeCount } from '../boosting/ensemble.ts';
import type { BoostingStart, ContinuedModel, FitContext } from '../estimator.ts';
import type { TabularState } from './forecaster.ts';
import type { TabularType } from './kind.ts';

/** What the recipe at hand asks for. */
export interface Asked {
  readonly type: TabularType;
  readonly task: 'series' | 'rows';
  readonly target: string;
  readonly spec: FeatureSpec;
}

export interface FitStart {
  /** features as the model that is continued sees them: codes of categories stay what they were */
  readonly spec: FeatureSpec;
  readonly start: BoostingStart | null;
}

/**
 * @param until UTC ms of the last row the fit may see
 * @throws AppError `continue-from-differs`, naming what differs
 */
export function startOf(context: FitContext, asked: Asked, until: number): FitStart {
  const { continued = null } = context;
  if (continued === null) return { spec: asked.spec, start: null };
  const begun = continueFit(continued, asked, until);
  const { ensemble, keep } = begun.start;
  const rounds = treeCount(ensemble) / ensemble.treesPerRound;
  context.log(
    'info',
    keep
      ? `goes on from ${continued.name}: its ${rounds} rounds stay`
      : `${continued.name} knows later readings than this fit may: its ${rounds} rounds are grown anew`,
  );
  return begun;
}

function continueFit(
  continued: ContinuedModel,
  own: Asked,
  until: number,
): { readonly spec: FeatureSpec; readonly start: BoostingStart } {
  const { model, name, end } = continued;
  const state = 'state' in model ? (model.state as TabularState) : null;
  const ensemble = state?.regressor.ensemble;
  if (state === null || ensemble === undefined || state.type !== own.type)
    throw continueDiffers(name, [`it is a model of type ${model.type}, this one is ${own.type}`]);
  const task = model.predictRows === undefined ? 'series' : 'rows';
  const differences = [
    ...(task === own.task
      ? []
      : ['the one forecasts, the other computes from inputs of the same instant (task)']),
    ...(state.target === own.target ? [] : [`its target is ${state.target}, here it is ${own.target}`]),
    ...specDifferences(state.spec, own.spec),
  ];
  if (differences.length > 0) throw continueDiffers(name, differences);
  return {
    // holidays of the data at hand reach further
    spec: { ...state.spec, holidays: own.spec.holidays },
    start: { ensemble, keep: end <= until, name },
  };
}

/** What the recipe decides about features. What the data decide (codes, a season of the year) is taken as it was. */
export function specDifferences(before: FeatureSpec, now: FeatureSpec): string[] {
  const found: string[] = [];
  const minutes = (spec: FeatureSpec): string => `${spec.resolutionMs / 60_000} minutes`;
  if (before.resolutionMs !== now.resolutionMs)
    found.push(`its steps are ${minutes(before)}, here ${minutes(now)}`);
  const leads = (spec: FeatureSpec): string => `${spec.minLead} to ${spec.maxLead} steps ahead`;
  if (before.minLead !== now.minLead || before.maxLead !== now.maxLead)
    found.push(`it forecasts ${leads(before)}, this one ${leads(now)} (forecast.horizon, split.gap)`);
  const [had, has] = [featureNames(before), featureNames({ ...now, yearly: before.yearly })];
  const lost = had.filter((feature) => !has.includes(feature));
  const added = has.filter((feature) => !had.includes(feature));
  if (lost.length > 0) found.push(`features it has are not here (${some(lost)})`);
  if (added.length > 0) found.push(`features here are not in it (${some(added)})`);
  if (lost.length + added.length === 0 && had.some((feature, f) => feature !== has[f]))
    found.push('its features stand in another order');
  for (const { name, levels } of [...before.known, ...before.past]) {
    const column = [...now.known, ...now.past].find((other) => other.name === name);
    if (column !== undefined && (column.levels === null) !== (levels === null))
      found.push(`column ${name} held ${levels === null ? 'numbers' : 'categories'} there`);
  }
  if (!sameHolidays(before.holidays, now.holidays)) found.push('its holidays are those of another place');
  return found;
}

const some = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;

/** Lists begin and end with the data they were made for, so they are compared where both speak. */
function sameHolidays(a: readonly number[], b: readonly number[]): boolean {
  if (a.length === 0 || b.length === 0) return true; // the features differ if only one of them has any
  const from = Math.max(a[0], b[0]);
  const to = Math.min(a[a.length - 1], b[b.length - 1]);
  const within = (days: readonly number[]): string => days.filter((day) => day >= from && day <= to).join();
  return within(a) === within(b);
}
