import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMissingNumber, parseNumber, unwrap } from './cells.ts';
import { kinds } from './columns.ts';
import type { ColumnPlan, Kind } from './columns.ts';
import { splitRecords } from './records.ts';
import { Scanner } from './scanner.ts';

const column = (name: string, kind: Kind): ColumnPlan => ({
  name,
  kind,
  suffix: null,
  separator: null,
  clocks: false,
});
const utf8 = new TextDecoder();

interface Settings {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly chunk: number;
  readonly eol?: 10 | 13;
}

function scan(text: string, columnKinds: readonly Kind[], settings: Settings): Scanner {
  const scanner = new Scanner(
    columnKinds.map((kind, i) => column(`c${i}`, kind)),
    {
      delimiter: settings.delimiter.charCodeAt(0),
      eol: settings.eol ?? 10,
      decimal: settings.decimal,
      skipLines: 0,
      rows: 2,
      decode: (bytes) => utf8.decode(bytes),
    },
  );
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += settings.chunk)
    scanner.feed(bytes.subarray(at, at + settings.chunk), false);
  scanner.feed(new Uint8Array(0), true);
  return scanner;
}

const texts = (scanner: Scanner, k: number): (string | null)[] => {
  const store = scanner.stores[k];
  const { levels } = store.dictionary;
  return Array.from(store.codes.subarray(0, scanner.rows), (code) =>
    code < 0 ? null : utf8.decode(levels[code]),
  );
};

/** What a cell can hold in an odd file. */
const cell = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 20 }))
    .map(([digits, places]) =>
      `${digits}`.padStart(places + 1, '0').replace(new RegExp(`(\\d{${places}})$`), '.$1'),
    ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc
    .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 999_999 }))
    .map(([a, b]) => `${a}.${b}`),
  fc.constantFrom(
    '',
    ' ',
    'NaN',
    'N/A',
    '-',
    '1,5',
    '1.234,5',
    '1 000',
    '12%',
    '(5)',
    '5-',
    '+7',
    '.5',
    '5.',
    '-',
    '1e3',
    '1e999',
    '12345678901234567890',
    '0.1234567890123456789',
    '--1',
    '1.2.3',
    'x',
  ),
  fc.string({ maxLength: 6 }),
);

test('numbers: the short cut gives what the plain functions give, whatever the chunks', () => {
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 1, maxLength: 30 }),
      fc.constantFrom<'.' | ','>('.', ','),
      fc.integer({ min: 1, max: 40 }),
      (cells, decimal, chunk) => {
        const quoted = cells.map((text) =>
          /[;"\r\n]|^\s*=|^\s*$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text,
        );
        const scanner = scan(quoted.map((text) => `${text};x\n`).join(''), [kinds.number, kinds.text], {
          delimiter: ';',
          decimal,
          chunk,
        });
        expect(scanner.rows).toBe(cells.length);
        const [store] = scanner.stores;
        let unread = 0;
        cells.forEach((text, row) => {
          // eslint-disable-next-line no-control-regex -- the scanner trims every control character as the white space it is not
          const trimmed = unwrap(text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, ''));
          expect([text, store.numbers[row]]).toEqual([text, parseNumber(trimmed, decimal)]);
          if (Number.isNaN(store.numbers[row]) && !isMissingNumber(trimmed)) unread++;
        });
        expect(store.unread.count).toBe(unread);
      },
    ),
    { numRuns: 400 },
  );
});

test('texts: quotes, delimiters and line breaks inside them, at every chunk border', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'b', ' ', ';', '"', '\n', 'é', '€', "'"),
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom('\n', '\r\n'),
      (rows, chunk, end) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const content = rows.map(([a, b]) => `${quote(a)};${quote(b)}${end}`).join('');
        const scanner = scan(content, [kinds.text, kinds.text], { delimiter: ';', decimal: '.', chunk });
        const trimmed = (text: string): string => text.replace(/^[ \n]+|[ \n]+$/g, '');
        const inner = (text: string): string => (/^=".+"$/s.test(text) ? text.slice(2, -1) : text);
        expect(texts(scanner, 0)).toEqual(rows.map(([a]) => inner(trimmed(a))));
        expect(texts(scanner, 1)).toEqual(rows.map(([, b]) => inner(trimmed(b))));
        expect(splitRecords(content, ';', true).map((record) => record.cells)).toEqual(rows);
        let line = 1;
        rows.forEach((row, i) => {
          expect(scanner.lineOf(i)).toBe(line);
          line += 1 + (row.join('').match(/\n/g) ?? []).length;
        });
      },
    ),
    { numRuns: 400 },
  );
});

describe('rows', () => {
  test.each([1, 2, 3, 7, 1000])('of odd widths and blank lines, in chunks of %d', (chunk) => {
    const scanner = scan('1;a\n\n2\n3;b;c\n  \n4;d;\n5;e', [kinds.number, kinds.text], {
      delimiter: ';',
      decimal: '.',
      chunk,
    });
    expect([...scanner.stores[0].numbers.subarray(0, scanner.rows)]).toEqual([1, 2, 3, 4, 5]);
    expect(texts(scanner, 1)).toEqual(['a', null, 'b', 'd', 'e']);
    expect(scanner.ragged).toEqual([1, 2]);
    expect([0, 1, 2, 3, 4].map((row) => scanner.lineOf(row))).toEqual([1, 3, 4, 6, 7]);
  });

  test('ended by CR alone', () => {
    const scanner = scan('1;a\r2;b\r', [kinds.number, kinds.text], {
      delimiter: ';',
      decimal: '.',
      chunk: 3,
      eol: 13,
    });
    expect([...scanner.stores[0].numbers.subarray(0, 2)]).toEqual([1, 2]);
    expect(texts(scanner, 1)).toEqual(['a', 'b']);
  });

  test('a row read again after a chunk border is counted once', () => {
    for (let chunk = 1; chunk < 12; chunk++) {
      const scanner = scan('no;"a\nb"\n;"c\nd"\n', [kinds.number, kinds.text], {
        delimiter: ';',
        decimal: '.',
        chunk,
      });
      expect(scanner.stores[0].unread.count).toBe(1);
      expect(scanner.stores[0].missing).toBe(1);
      expect(texts(scanner, 1)).toEqual(['a\nb', 'c\nd']);
    }
  });
});
