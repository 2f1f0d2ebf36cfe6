import { expect, test } from 'vitest';
import { modelsToTrain } from './train.ts';

test.each([
  [{}, true, false],
  [{ recipe: [] }, true, false],
  [{ thorough: true }, true, true],
  [{ portfolio: true, thorough: true }, true, true],
  [{ recipe: ['xgboost'] }, false, false],
  [{ recipe: ['xgboost'], portfolio: true, thorough: true }, true, true],
])('%j trains the portfolio: %s, and what takes long: %s', (flags, portfolio, thorough) => {
  expect(modelsToTrain(flags)).toEqual({ portfolio, thorough });
});

test('what takes long belongs to the portfolio', () => {
  expect(() => modelsToTrain({ recipe: ['xgboost'], thorough: true })).toThrow(
    expect.objectContaining({ code: 'invalid-option', hint: expect.stringContaining('--portfolio') }),
  );
});
