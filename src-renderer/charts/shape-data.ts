/** @file Rows for the daily and the weekly shape. Pure. */
export interface ShapeRow {
  /** hours since the start of the day or week */
  readonly hour: number;
  readonly value: number | null;
}

/** @param shape mean per slot; 96 slots of a day or 168 hours of a week */
export const shapeRows = (shape: readonly (number | null)[], hours: number): readonly ShapeRow[] =>
  shape.map((value, slot) => ({ hour: (slot * hours) / shape.length, value }));

/** `9.25` -> `09:15` */
export function hourClock(hour: number): string {
  const minutes = Math.round(hour * 60);
  return `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
