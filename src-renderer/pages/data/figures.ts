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

/**
 * Share of the expected readings that are there, rounded down to 0.01 %: one missing reading in a million is no 100 %.
 * @param missing readings of the target that are missing within existing rows
 */
export function completeness(profile: Profile, missing: number): number | null {
  if (profile.expectedRows <= 0) return null;
  const there = profile.expectedRows - profile.gapSteps - missing;
  return Math.max(0, Math.floor((there / profile.expectedRows) * 10_000) / 10_000);
}
