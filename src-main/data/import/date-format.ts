/** @file The spelling of a stamp as a pattern for people: `DD/MM/YYYY HH:mm`. */
import type { DateOrder } from './stamp-text.ts';

/** @param example one stamp of the column */
export function describeFormat(example: string, order: DateOrder): string {
  const date = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})/.exec(example);
  if (!date)
    return /^\d{8}/.test(example)
      ? example
          .replace(/^\d{8}/, 'YYYYMMDD')
          .replace(/\d{6}$/, 'HHmmss')
          .replace(/\d{4}$/, 'HHmm')
      : 'named month';
  const [whole, one, mark, , three] = date;
  const year = (digits: string): string => (digits.length === 4 ? 'YYYY' : 'YY');
  const pattern =
    one.length === 4
      ? ['YYYY', 'MM', 'DD']
      : order === 'mdy'
        ? ['MM', 'DD', year(three)]
        : order === 'ymd'
          ? ['YY', 'MM', 'DD']
          : ['DD', 'MM', year(three)];
  return pattern.join(mark) + clockFormat(example.slice(whole.length));
}

function clockFormat(rest: string): string {
  const half = /[ap]\.?m\.?/i.test(rest);
  return rest
    .replace(/\d{1,2}:\d{2}:\d{2}[.,]\d+/, 'HH:mm:ss.SSS')
    .replace(/\d{1,2}:\d{2}:\d{2}/, 'HH:mm:ss')
    .replace(/(^[\sT]?)\d{1,2}([:.])\d{2}/, '$1HH$2mm')
    .replace(/[-+]\d{2}:?\d{2}$/, '±hh:mm')
    .replace(/\s*[ap]\.?\s?m\.?/i, ' A')
    .replace('HH', half ? 'hh' : 'HH');
}
