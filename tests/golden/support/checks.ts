/** @file What the tests of the golden files compare with. */
import { expect } from 'vitest';

/** First value and sum of each tensor, as the original had them. */
export type WeightCheck = Readonly<Record<string, readonly [number, number]>>;

/** The same tensors, with the same values. */
export function checkWeights(tensors: ReadonlyMap<string, { readonly data: Uint8Array }>, wanted: WeightCheck): void {
  expect([...tensors.keys()].sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, [first, sum]] of Object.entries(wanted)) {
    const values = new Float32Array(tensors.get(name)!.data.buffer);
    expect(values[0], name).toBeCloseTo(first, 6);
    expect(values.reduce((a, b) => a + b, 0), name).toBeCloseTo(sum, 2);
  }
}

/** Equal to 1e-4, relative to values beyond 1 (or another `floor`). */
export const near = (found: number, wanted: number, what: string, tolerance = 1e-4, floor = 1): void => {
  expect(Math.abs(found - wanted) / Math.max(floor, Math.abs(wanted)), `${what}: ${found}, ${wanted}`).toBeLessThan(tolerance);
};
