import Holidays from 'date-holidays';
import { expect, test } from 'vitest';
import { holidayCountries } from './countries.ts';

test('the countries offered are those whose holidays the library knows', () => {
  expect([...holidayCountries]).toEqual(Object.keys(new Holidays().getCountries()).toSorted());
});
