import { expect, test } from 'vitest';
import { AppError } from '../../../src-preload/contract/index.ts';
import { autoChildWeight, parseXgboostParams } from './params.ts';

test('aliases are folded into their names', () => {
  const params = parseXgboostParams({ eta: 0.1, lambda: 3, min_split_loss: 2, num_boost_round: 7 });
  expect(params).toMatchObject({ learning_rate: 0.1, reg_lambda: 3, gamma: 2, n_estimators: 7 });
  expect(params).not.toHaveProperty('eta');
});

test('of a name and its alias the later one counts', () => {
  expect(parseXgboostParams({ learning_rate: 0.05, eta: 0.1 }).learning_rate).toBe(0.1);
  expect(parseXgboostParams({ eta: 0.1, learning_rate: 0.05 }).learning_rate).toBe(0.05);
});

test.each([
  [{ etta: 0.1 }, /etta/],
  [{ max_depth: 0 }, /max_depth/],
  [{ subsample: 1.5 }, /subsample/],
  [{ objective: 'reg:tweedie' }, /objective/],
  [{ n_estimators: 'many' }, /n_estimators/],
])('%j is refused by name', (raw, message) => {
  expect(() => parseXgboostParams(raw)).toThrow(AppError);
  expect(() => parseXgboostParams(raw)).toThrow(message);
});

test('the least leaf grows with the leads, never beyond a fortieth of the rows', () => {
  expect(autoChildWeight(1, 30_000)).toBe(23);
  expect(autoChildWeight(96, 30_000)).toBe(308);
  expect(autoChildWeight(96, 400)).toBe(10);
  expect(autoChildWeight(96, 10)).toBe(1);
});
