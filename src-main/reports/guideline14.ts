/**
 * @file ASHRAE Guideline 14 limits: CV(RMSE) and NMBE of a calibrated model, 30 % and 10 % on hourly values, 15 % and 5 % on
 * monthly ones. Both must hold. They are made for energy baselines; beside a forecast they are a familiar yardstick.
 */
import { cvrmse, nmbe } from '../metrics/point.ts';

export interface Guideline14 {
  readonly basis: 'hourly' | 'daily' | 'monthly';
  /** shares */
  readonly cvrmse: number;
  readonly nmbe: number;
  readonly cvrmseLimit: number;
  readonly nmbeLimit: number;
  readonly met: boolean;
}

const DAY_MS = 86_400_000;

/** @param values hourly means, or the values themselves when the resolution is coarser */
export function judgeGuideline14(
  values: { readonly actual: Float64Array; readonly predicted: Float64Array },
  resolutionMs: number,
): Guideline14 | null {
  const cv = cvrmse(values.actual, values.predicted);
  const bias = nmbe(values.actual, values.predicted);
  if (cv === null || bias === null) return null;
  const basis = resolutionMs >= 28 * DAY_MS ? 'monthly' : resolutionMs >= DAY_MS ? 'daily' : 'hourly';
  const [cvrmseLimit, nmbeLimit] = basis === 'monthly' ? [0.15, 0.05] : [0.3, 0.1];
  return {
    basis,
    cvrmse: cv,
    nmbe: bias,
    cvrmseLimit,
    nmbeLimit,
    met: cv <= cvrmseLimit && Math.abs(bias) <= nmbeLimit,
  };
}
