/** Whatever way a table is written, the same table is read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseFile } from './parse.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'voltcast-round-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const two = (value: number): string => String(value).padStart(2, '0');
const stampers: Record<string, (ms: number) => string> = {
  dmy: (ms) => stamp(ms, (y, m, d) => `${two(d)}/${two(m)}/${y}`, ' '),
  'dmy dots': (ms) => stamp(ms, (y, m, d) => `${d}.${m}.${y}`, ' '),
  mdy: (ms) => stamp(ms, (y, m, d) => `${m}/${d}/${y}`, ' '),
  iso: (ms) => stamp(ms, (y, m, d) => `${y}-${two(m)}-${two(d)}`, 'T'),
  'iso Z': (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`,
  epoch: (ms) => String(ms / 1000),
  short: (ms) => stamp(ms, (y, m, d) => `${two(d)}.${two(m)}.${two(y % 100)}`, ' '),
};
function stamp(ms: number, day: (y: number, m: number, d: number) => string, gap: string): string {
  const date = new Date(ms);
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  return day(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()) + gap + clock;
}

function spell(
  value: number | null,
  decimal: string,
  thousands: string,
  quote: boolean,
  missing: string,
): string {
  if (value === null) return missing;
  const [whole, places] = Math.abs(value).toFixed(3).split('.');
  const grouped = thousands === '' ? whole : whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  const text = `${value < 0 ? '-' : ''}${grouped}${decimal}${places}`;
  return quote || text.includes(',') ? `"${text}"` : text;
}

const writing = fc.record({
  delimiter: fc.constantFrom(';', '\t', '|', ','),
  number: fc.constantFrom(['.', ''], [',', ''], [',', '.'], ['.', ','], [',', ' '], ['.', "'"]),
  quote: fc.boolean(),
  encoding: fc.constantFrom('utf-8', 'windows-1252', 'utf-16le', 'utf-16be'),
  bom: fc.boolean(),
  gzip: fc.boolean(),
  eol: fc.constantFrom('\n', '\r\n'),
  stamper: fc.constantFrom(...Object.keys(stampers)),
  missing: fc.constantFrom('', 'N/A', 'NaN', '-', 'null', '#N/A'),
  preamble: fc.integer({ min: 0, max: 3 }),
  units: fc.boolean(),
  footer: fc.boolean(),
});

const table = fc.record({
  startDay: fc.integer({ min: 7500, max: 20_000 }),
  stepMinutes: fc.constantFrom(5, 15, 30, 60),
  rows: fc.array(
    fc.record({
      load: fc.option(
        fc.integer({ min: -9_999_999, max: 99_999_999 }).map((milli) => milli / 1000),
        { freq: 12 },
      ),
      temperature: fc.option(
        fc.integer({ min: -30_000, max: 45_000 }).map((milli) => milli / 1000),
        { freq: 12 },
      ),
      state: fc.constantFrom('Süd', 'Nord', 'läuft', 'aus'),
    }),
    { minLength: 12, maxLength: 60 },
  ),
});

test('the same table comes back from every dress', async () => {
  await fc.assert(
    fc.asyncProperty(table, writing, async ({ startDay, stepMinutes, rows }, how) => {
      // from the 20th of a month, so that the order of day and month shows
      const date = new Date(startDay * 86_400_000);
      const start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 20);
      const [decimal, thousands] = how.number;
      const { delimiter } = how;
      const cells = rows.map((row, i) => [
        stampers[how.stamper](start + i * stepMinutes * 60_000),
        spell(row.load, decimal, thousands, how.quote, how.missing),
        row.state,
        spell(row.temperature, decimal, thousands, how.quote, how.missing),
      ]);
      const lines = [
        ...Array.from({ length: how.preamble }, (_, i) => `Bericht ${i}`),
        ['Zeit', 'Last', 'Zustand', 'Außentemperatur'].join(delimiter),
        ...(how.units ? [['', 'kW', '', '°C'].join(delimiter)] : []),
        ...cells.map((row) => row.join(delimiter)),
        ...(how.footer
          ? [`Summe${delimiter}${spell(1234.5, decimal, thousands, how.quote, '')}${delimiter}${delimiter}`]
          : []),
      ];
      const bytes = iconv.encode(lines.join(how.eol) + how.eol, how.encoding, {
        addBOM: how.bom && how.encoding.startsWith('utf'),
      });
      const file = path.join(folder, 'table.csv');
      writeFileSync(file, how.gzip ? gzipSync(bytes) : bytes);
      // 20.01.01 may also be 2020: two digits need the answer
      const read = await parseFile(
        file,
        how.stamper === 'short' ? { dateOrder: 'dmy' } : {},
        () => undefined,
      );
      expect(read.questions.filter((question) => question.code !== 'decimal')).toEqual([]);
      expect([...read.time]).toEqual(rows.map((_, i) => start + i * stepMinutes * 60_000));
      const filled = (name: 'load' | 'temperature'): number =>
        rows.filter((row) => row[name] !== null).length;
      const [load, state, temperature] = read.columns;
      expect(read.columns.map((column) => column.name)).toEqual(['Last', 'Zustand', 'Außentemperatur']);
      // a column of nothing but missing words has no type to tell
      if (filled('load') > 0)
        expect(load.type === 'number' && [...load.values]).toEqual(rows.map((row) => row.load ?? NaN));
      if (filled('temperature') > 0)
        expect(temperature.type === 'number' && [...temperature.values]).toEqual(
          rows.map((row) => row.temperature ?? NaN),
        );
      expect(state.type === 'category' && Array.from(state.codes, (code) => state.levels[code])).toEqual(
        rows.map((row) => row.state),
      );
      if (how.units && filled('load') > 0) expect(load.type === 'number' && load.unit).toBe('kW');
      expect(read.format.preambleLines).toBe(how.preamble);
      expect(read.format.footerLines).toBe(how.footer ? 1 : 0);
    }),
    { numRuns: 300 },
  );
}, 120_000);
