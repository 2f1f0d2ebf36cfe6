/** @file Figures of a dataset worked out for the reader. Pure. */
import type { ColumnInfo, DatasetVersion, Profile } from '../../../src-preload/contract/index.ts';

/** Energy units and the power unit of one such energy per hour. */
const powerOf: Readonly<Record<string, string>> = { Wh: 'W', kWh: 'kW', MWh: 'MW', GWh: 'GW' };

/**
 * Mean power of readings that are energies per step.
 * @param mean energy per step
 * @returns null where the unit is no energy or the step is unknown
 */
export function meanPower(
  mean: number | null,
  unit: string | null,
  resolutionMs: number,
): { readonly value: number; readonly unit: string } | null {
  const power = unit === null ? undefined : powerOf[unit];
  if (mean === null || power === undefined || !(resolutionMs > 0)) return null;
  return { value: (mean * 3_600_000) / resolutionMs, unit: power };
}

export const columnOf = (version: DatasetVersion, name: string | null): ColumnInfo | null =>
  version.columns.find((column) => column.name === name) ?? null;

export type ColumnProfile = Profile['columns'][number];
export const profileOf = (profile: Profile, name: string | null): ColumnProfile | null =>
  profile.columns.find((column) => column.name === name) ?? null;

/** Share of the expected readings that are there. */
export const completeness = (profile: Profile): number | null =>
  profile.expectedRows > 0 ? Math.max(0, 1 - profile.gapSteps / profile.expectedRows) : null;
