/**
 * @file One cell as text: what counts as missing, what counts as a number. This is the plain version that decides; the
 * byte scanner takes a short cut for the common spellings and must agree with it.
 */
import { isUnit } from './units.ts';

/** No reading was taken, in any column. Lower case, trimmed. */
const missingAnywhere = new Set([
  '',
  ...[
    'na',
    'n/a',
    'n.a.',
    'n.a',
    '#na',
    '#n/a',
    '<na>',
    '#n/a n/a',
    'nan',
    '-nan',
    'null',
    '(null)',
    '<null>',
    'nul',
  ],
  ...['?', '??', '-', '--', '---', '–', '—', '\\n', 'nodata', 'no data', 'no_data', 'missing'],
  ...[
    '#value!',
    '#ref!',
    '#div/0!',
    '#num!',
    '#name?',
    '#null!',
    '#error',
    '#error!',
    '#wert!',
    '#bezug!',
    '#nv',
    '#¡valor!',
  ],
  ...['error', 'err', 'invalid', 'k.a.', 'k. a.', 'n/d', 'n.d.', 's/d', 'sin dato', 'sin datos', 'undefined'],
]);
/** Words that may be a class of their own in a category, but never a reading. */
const missingNumber = new Set([
  ...[
    'none',
    'nil',
    'unknown',
    'unk',
    'unbekannt',
    'desconocido',
    'nd',
    'no reading',
    'offline',
    'fehlt',
    'not available',
  ],
  ...[
    '.',
    '..',
    '...',
    '*',
    '**',
    '***',
    'inf',
    '-inf',
    '+inf',
    'infinity',
    '-infinity',
    '∞',
    'x',
    'fail',
    'failed',
    'fault',
  ],
]);

/** True for the many spellings of "no value" that no category uses as a name. `text` may have spaces around it. */
export const isMissing = (text: string): boolean => missingAnywhere.has(text.trim().toLowerCase());

/** True where a column of numbers has no reading: {@link isMissing}, and words such as `unknown`. */
export function isMissingNumber(text: string): boolean {
  const word = text.trim().toLowerCase();
  return missingAnywhere.has(word) || missingNumber.has(word);
}

/** Content of a cell: spaces around it and the spreadsheet escape `="…"` taken off. */
export function unwrap(text: string): string {
  const trimmed = text.trim();
  const escaped = /^="([^"]*)"$/.exec(trimmed);
  if (escaped) return escaped[1].trim();
  // an apostrophe in front makes a spreadsheet keep digits as text
  return trimmed.startsWith("'") && /^'[-+]?\d/.test(trimmed) ? trimmed.slice(1) : trimmed;
}

export type Decimal = '.' | ',';

const spaces = /[\s\u00a0\u2009\u202f]/g;
const grouped: Record<Decimal, RegExp> = {
  '.': /^\d{1,3}(?:([,'’\s\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*(?:\.\d*)?(?:e[-+]?\d+)?$/i,
  ',': /^\d{1,3}(?:([.'’\s\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*(?:,\d*)?(?:e[-+]?\d+)?$/i,
};
const plain: Record<Decimal, RegExp> = {
  '.': /^(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i,
  ',': /^(?:\d+,?\d*|,\d+)(?:e[-+]?\d+)?$/i,
};

/**
 * The number a cell spells, NaN when it spells none. Understands signs in front or behind (`5-`), accounting brackets,
 * thousands separators in right groups of three, exponents, a percent sign, and a unit given in `suffix`.
 */
export function parseNumber(text: string, decimal: Decimal, suffix: string | null = null): number {
  let body = text.trim();
  if (suffix !== null && body.toLowerCase().endsWith(suffix.toLowerCase()))
    body = body.slice(0, -suffix.length).trimEnd();
  else if (body.endsWith('%')) body = body.slice(0, -1).trimEnd();
  let sign = 1;
  const first = body.charCodeAt(0);
  if (first === 45 || first === 0x2212) {
    sign = -1;
    body = body.slice(1).trimStart();
  } else if (first === 43) body = body.slice(1).trimStart();
  else if (body.endsWith('-')) {
    sign = -1;
    body = body.slice(0, -1).trimEnd();
  } else if (first === 40 && body.endsWith(')')) {
    sign = -1;
    body = body.slice(1, -1).trim();
  }
  if (!plain[decimal].test(body)) {
    if (!grouped[decimal].test(body)) return NaN;
    body = body.replace(spaces, '').replace(decimal === '.' ? /[,'’]/g : /[.'’]/g, '');
  }
  const value = sign * Number(decimal === ',' ? body.replace(',', '.') : body);
  return Number.isFinite(value) ? value : NaN;
}

const behind = /^(.*\d)\s*([^\d\s.,'’()-][^\d]*)$/;

/** `3.2 kWh` as number and unit; null for a bare number or a text. */
export function splitUnit(text: string): { readonly body: string; readonly unit: string } | null {
  const match = behind.exec(text.trim());
  return match && isUnit(match[2].trim()) ? { body: match[1], unit: match[2].trim() } : null;
}

/** What the spelling of one number says about the decimal sign: its own sign, `null` if it fits both, `undefined` if none. */
export function decimalEvidence(text: string): Decimal | 'either' | undefined {
  const body = (splitUnit(text)?.body ?? text)
    .trim()
    .replace(/^[-+(\u2212]\s*|[-)%]$/g, '')
    .trim();
  const marks = body.match(/[.,]/g);
  if (!marks || !/^[\d.,'’\s\u00a0\u2009\u202f]+(?:e[-+]?\d+)?$/i.test(body)) return undefined;
  const last = marks.at(-1) as Decimal;
  const other: Decimal = last === '.' ? ',' : '.';
  if (marks.includes(other)) return grouped[last].test(body) ? last : undefined;
  if (marks.length > 1) return grouped[other].test(body) ? other : undefined;
  // one mark: thousands only where one to three digits without a leading zero stand before exactly three
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(body) ? 'either' : last;
}

/** The separator of thousands in a number of that decimal sign, null where there is none. */
export function thousandsMark(text: string, decimal: Decimal): string | null {
  const match = grouped[decimal].exec(
    text
      .trim()
      .replace(/^[-+(\u2212]\s*|[-)%]$/g, '')
      .trim(),
  );
  return match ? match[1] : null;
}
