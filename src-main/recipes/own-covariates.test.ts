import { describe, expect, it } from 'vitest';
import type { ColumnInfo } from '../../src-preload/contract/index.ts';
import { readRecipe } from './catalogue.ts';
import { covariatesOf, withOwnCovariates } from './own-covariates.ts';
import { recipeOrThrow } from './parse.ts';

const column = (name: string, more: Partial<ColumnInfo> = {}): ColumnInfo =>
  ({ name, kind: 'covariate', knownAhead: false, leakage: null, ...more }) as ColumnInfo;
const template = readRecipe('chronos2_covariates', null);
const namedIn = (target: string, columns: readonly ColumnInfo[]) => {
  const { name, text } = withOwnCovariates(template, { target, columns: [...columns] });
  const { data } = recipeOrThrow(text, name);
  return [data.pastCovariates, data.knownCovariates];
};

describe('the template with covariates', () => {
  const { data } = recipeOrThrow(template.text, template.name);
  const steel = [...data.pastCovariates, ...data.knownCovariates].map((name) => column(name));

  it('is as it is on the data it was made for', () => {
    const dataset = { target: 'Usage_kWh', columns: [column('Usage_kWh', { kind: 'load' }), ...steel] };
    expect(withOwnCovariates(template, dataset)).toBe(template);
  });

  it('names what is there of them, the target never', () => {
    expect(namedIn('Usage_kWh', [column('Usage_kWh'), column('NSM'), column('CO2(tCO2)')])).toEqual([
      ['CO2(tCO2)'],
      ['NSM'],
    ]);
    const [past] = namedIn('CO2(tCO2)', steel);
    expect(past).toEqual(data.pastCovariates.filter((name) => name !== 'CO2(tCO2)'));
  });

  it('names all others where it has none of them, known ahead only what may be', () => {
    const leakage = { r2: 1, with: [], message: 'the load in other units' };
    const columns = [
      column('load'),
      column('temperature', { knownAhead: true }),
      column('co2', { knownAhead: true, leakage }),
      column('steam'),
      column('site', { kind: 'constant' }),
    ];
    expect(namedIn('load', columns)).toEqual([['co2', 'steam'], ['temperature']]);
    expect(covariatesOf({ target: 'load', columns }).map(({ name }) => name)).toEqual([
      'temperature',
      'co2',
      'steam',
    ]);
  });

  it('stays as it was edited', () => {
    const own = { name: template.name, text: template.text.replace('num_steps: 300', 'num_steps: 30') };
    expect(withOwnCovariates(own, { target: 'load', columns: [column('load'), column('steam')] })).toBe(own);
  });
});
