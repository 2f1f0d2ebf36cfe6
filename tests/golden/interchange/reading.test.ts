/** Models of the real libraries, read here: predictions are theirs. */
import { expect, test } from 'vitest';
import { cases, columnsOf, largestDifference, predictCase, readCase } from './cases.ts';

test.each(Object.keys(cases))('%s predicts what its library does', (name) => {
  const ensemble = readCase(cases[name].file);
  const found = predictCase(ensemble, columnsOf(ensemble, cases[name]));
  expect(largestDifference(found, cases[name].predicted)).toBeLessThan(1e-5);
});
