/** @file What the file does not say, as questions. */
import type { ImportQuestion } from '../../../src-preload/contract/index.ts';
import type { Dialect } from './dialect.ts';
import { parseNumber } from './cells.ts';

export function timestampQuestion(
  names: readonly string[],
  sample: readonly (readonly string[])[],
): ImportQuestion {
  return {
    code: 'timestamp',
    message: 'No column reads as date and time. Which one says when each reading was taken?',
    option: 'timestamp',
    choices: names.map((name, i) => ({
      value: name,
      label: name,
      ...(sample[0]?.[i] ? { example: sample[0][i] } : {}),
    })),
    blocking: true,
  };
}

export function seriesQuestion(names: readonly string[]): ImportQuestion {
  return {
    code: 'series',
    message: `Times repeat in this file. Which column names the series a row belongs to? '${names[0]}' was taken.`,
    option: 'series',
    choices: names.map((name) => ({ value: name, label: name })),
    blocking: false,
  };
}

export function decimalQuestion(dialect: Dialect): ImportQuestion {
  const cell =
    dialect.sample.flat().find((text) => /^[-+]?[1-9]\d{0,2}[.,]\d{3}$/.test(text.trim())) ?? '1,234';
  const choice = (value: '.' | ',', label: string) => ({
    value,
    label,
    example: `${cell} = ${parseNumber(cell, value)}`,
  });
  return {
    code: 'decimal',
    message: `Numbers such as ${cell} fit both a decimal sign and a thousands separator. Which is it?`,
    option: 'decimal',
    choices: [choice('.', 'decimal point'), choice(',', 'decimal comma')],
    blocking: true,
  };
}
