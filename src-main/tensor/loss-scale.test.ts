import { expect, test } from 'vitest';
import { LossScale } from './loss-scale.ts';

test('halved down to 1 by infinities, doubled after two thousand steps without', () => {
  const scale = new LossScale({ value: 4, steps: 1998 });
  scale.good();
  expect(scale.state).toEqual({ value: 4, steps: 1999 });
  scale.good();
  expect(scale.state).toEqual({ value: 8, steps: 0 });
  expect([scale.halve(), scale.halve(), scale.halve(), scale.halve()]).toEqual([true, true, true, false]);
  expect(scale.value).toBe(1);
  expect(new LossScale().value).toBe(65536);
});
