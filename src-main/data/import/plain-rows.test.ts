import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kinds } from './columns.ts';
import type { ColumnPlan, Kind } from './columns.ts';
import { Scanner } from './scanner.ts';

const utf8 = new TextDecoder();
const plan = (name: string, kind: Kind): ColumnPlan => ({
  name,
  kind,
  suffix: null,
  separator: null,
  clocks: false,
});

interface Settings {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly chunk: number;
}

function scan(bytes: Uint8Array, columns: readonly Kind[], settings: Settings, plainRows: boolean) {
  const scanner = new Scanner(
    columns.map((kind, i) => plan(`c${i}`, kind)),
    {
      delimiter: settings.delimiter.charCodeAt(0),
      eol: 10,
      decimal: settings.decimal,
      skipLines: 1,
      rows: 2,
      decode: (text) => utf8.decode(text),
      plainRows,
    },
  );
  for (let at = 0; at < bytes.length; at += settings.chunk)
    scanner.feed(bytes.subarray(at, at + settings.chunk), false);
  scanner.feed(new Uint8Array(0), true);
  return scanner;
}

/** Everything that later steps look at, the bits of numbers included. */
function seen(scanner: Scanner) {
  const { rows } = scanner;
  const bits = (values: Float64Array): string[] =>
    Array.from(values.subarray(0, rows), (value) => (Object.is(value, -0) ? '-0' : String(value)));
  return {
    rows,
    ragged: scanner.ragged,
    raggedCount: scanner.raggedCount,
    repeatedHeaders: scanner.repeatedHeaders,
    lines: Array.from({ length: rows }, (_, row) => scanner.lineOf(row)),
    columns: scanner.stores.map((store) => ({
      numbers: bits(store.numbers),
      codes: [...store.codes.subarray(0, rows)],
      keys: [...store.keys.subarray(0, rows)],
      ms: [...store.ms.subarray(0, rows)],
      levels: store.dictionary.levels.map((level) => utf8.decode(level)),
      missing: store.missing,
      offsets: store.offsets,
      example: store.example,
      unread: store.unread,
    })),
  };
}

const digits = (least: number, most: number) => fc.stringMatching(new RegExp(`^[0-9]{${least},${most}}$`));
const number = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(digits(1, 7), digits(0, 7)).map(([a, b]) => `${a}.${b}`) },
  { weight: 3, arbitrary: fc.tuple(digits(0, 10), digits(0, 10)).map(([a, b]) => `-${a},${b}`) },
  { weight: 2, arbitrary: digits(1, 20) },
  fc.constantFrom(
    '',
    '""',
    '-',
    '.',
    '-.5',
    '5.',
    '+1',
    '1e3',
    'NA',
    ' 7',
    '8 ',
    '"9.25"',
    '"1,5"',
    '1.234,5',
  ),
  fc.constantFrom('"12', '3"', '"4"5', '0', '-0', '"-0"', '9007199254740993', '999999999999999.9', '٣', "'5"),
);
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('low', 'high', 'mid', 'night shift', 'é') },
  fc.constantFrom(
    '',
    '""',
    '"low"',
    '"a,b"',
    '"two\nlines"',
    ' low',
    'low ',
    '"low "',
    '=low',
    '="low"',
    'l"ow',
  ),
  fc.string({ maxLength: 4, unit: fc.constantFrom('a', 'b', '"', ' ', '\r', 'ß') }),
);
const two = (most: number) => fc.nat(most).map((value) => String(value).padStart(2, '0'));
const stamp = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(two(33), fc.constantFrom('/', '-', '.'), two(14), two(25), two(61))
      .map(([day, mark, month, hour, minute]) => `${day}${mark}${month}${mark}2018 ${hour}:${minute}`),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        two(13),
        two(33),
        fc.constantFrom(' ', 'T'),
        two(24),
        fc.constantFrom('', ':00', ':59', ':60', ':07.5', ':07.250', ':07.1234', ':0', '.'),
        fc.constantFrom('', '', 'Z', '+01:00', '-0330', '+02', '+2', '+16:00', ' UTC', '+01:'),
      )
      .map(([month, day, gap, hour, second, zone]) => `2018-${month}-${day}${gap}${hour}:15${second}${zone}`),
  },
  fc.constantFrom('1/2/2018 0:15', '1/2/18 7:05', '2018-01-02', '01/02/2018', '2018/1/2', '01/02/0218 00:00'),
  fc.constantFrom('', 'total', 'c0', '"01/02/2018 00:15"', ' 01/02/2018 00:15', '01/02/2018 ', '20180102'),
  fc.constantFrom(
    '01/02/2018 24:00',
    '01/02/2018 24:01',
    '01/02/20185',
    '01/02/2018T1:15',
    '01/02-2018 00:15',
  ),
);
const clock = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(two(25), two(61)).map(([h, m]) => `${h}:${m}`) },
  fc.constantFrom('00:00:30', '24:00:00', '24:00:01', '7:15', '07:15 ', '', '"08:30"', '07:15:61', '07:15pm'),
);
const cells: Record<string, fc.Arbitrary<string>> = {
  [kinds.number]: number,
  [kinds.text]: text,
  [kinds.stamp]: stamp,
  [kinds.clock]: clock,
  [kinds.skip]: text,
};

const table = fc
  .array(fc.constantFrom(kinds.number, kinds.number, kinds.text, kinds.stamp, kinds.clock, kinds.skip), {
    minLength: 2,
    maxLength: 5,
  })
  .chain((columns) =>
    fc.record({
      columns: fc.constant(columns),
      rows: fc.array(fc.tuple(fc.nat(30), fc.tuple(...columns.map((kind) => cells[kind]))), {
        minLength: 1,
        maxLength: 40,
      }),
      delimiter: fc.constantFrom(',', ';', '\t'),
      decimal: fc.constantFrom<'.' | ','>('.', ','),
      eol: fc.constantFrom('\n', '\r\n'),
      chunk: fc.constantFrom(7, 64, 100_000),
    }),
  );

describe('rows of plain cells', () => {
  test('read by the kernel as by the definition, to the bit', () => {
    fc.assert(
      fc.property(table, ({ columns, rows, delimiter, decimal, eol, chunk }) => {
        const lines = rows.map(([oddity, row]) => {
          const line = row.join(delimiter);
          if (oddity === 0) return '';
          if (oddity === 1) return row.slice(1).join(delimiter);
          return oddity === 2 ? `${line}${delimiter}x` : line;
        });
        const bytes = new TextEncoder().encode(['header', ...lines].join(eol));
        const settings = { delimiter, decimal, chunk };
        expect(seen(scan(bytes, columns, settings, true))).toEqual(
          seen(scan(bytes, columns, settings, false)),
        );
      }),
      { numRuns: 1500 },
    );
  });

  test('more texts than the kernel knows, and more rows than it holds', () => {
    const lines = ['header'];
    for (let i = 0; i < 60_000; i++) lines.push(`${i % 977}.5,t${i % 3001},${i % 5 === 0 ? '' : i}`);
    const bytes = new TextEncoder().encode(lines.join('\n') + '\n');
    const columns = [kinds.number, kinds.text, kinds.number];
    const settings = { delimiter: ',', decimal: '.', chunk: 50_000 } as const;
    const fast = seen(scan(bytes, columns, settings, true));
    expect(fast.rows).toBe(60_000);
    expect(fast.columns[2].missing).toBe(12_000);
    expect(fast).toEqual(seen(scan(bytes, columns, settings, false)));
  });
});
