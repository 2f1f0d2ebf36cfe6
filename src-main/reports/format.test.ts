import { describe, expect, it } from 'vitest';
import { createFormatter, shellQuote } from './format.ts';

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('formatter', () => {
  const en = createFormatter('en', 'Europe/Madrid');
  const es = createFormatter('es', 'Europe/Madrid');

  it('writes numbers as the language does', () => {
    expect(en.number(9.594982)).toBe('9.59');
    expect(es.number(9.594982)).toBe('9,59');
    expect(en.integer(7007)).toBe('7,007');
    expect(es.integer(7007)).toBe('7007');
    expect(es.integer(35040)).toBe('35.040');
    expect(en.number(-0.5)).toBe('−0.500');
    expect(en.tick(50)).toBe('50');
    expect(en.tick(0.25)).toBe('0.25');
  });

  it('puts units behind a space that does not break, and a dash where there is nothing', () => {
    expect(en.quantity(12.5, 'kWh')).toBe('12.5\u00a0kWh');
    expect(en.quantity(12.5, null)).toBe('12.5');
    expect(en.quantity(null, 'kWh')).toBe('–');
    expect(en.percent(Number.NaN)).toBe('–');
  });

  it('writes shares and never a negative zero', () => {
    expect(en.percent(0.8264)).toBe('82.6%');
    expect(plain(es.percent(0.8264))).toBe('82,6 %');
    expect(en.percent(-0.000003)).toBe('0.0%');
    expect(en.signedPercent(0.026)).toBe('+2.6%');
    expect(en.signedPercent(-0.026)).toBe('−2.6%');
  });

  it('writes times on the local clock', () => {
    expect(en.dateTime(Date.UTC(2018, 6, 1, 22, 30))).toBe('2 Jul 2018, 00:30');
    expect(en.day('2018-12-25')).toBe('Tue 25 Dec');
    expect(en.weekdays()[0]).toBe('Mon');
    expect(es.weekdays()[6]).toBe('dom');
    expect(plain(en.length(900_000))).toBe('15 minutes');
    expect(plain(en.length(86_400_000))).toBe('1 day');
  });

  it('writes small p-values as a bound', () => {
    expect(plain(en.pValue(0.0000012))).toBe('< 0.001');
    expect(en.pValue(0.0321)).toBe('0.032');
  });
});

describe('shellQuote', () => {
  it('leaves plain words and quotes the rest', () => {
    expect(shellQuote('xgboost_config.yaml')).toBe('xgboost_config.yaml');
    expect(shellQuote("plant's $(rm)")).toBe(`'plant'\\''s $(rm)'`);
    expect(shellQuote('')).toBe("''");
  });
});
