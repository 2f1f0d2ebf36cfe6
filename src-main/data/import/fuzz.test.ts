/** Damaged files: whatever happens to the bytes, the answer is a table whose columns have one length, or an error with a code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../src-preload/contract/index.ts';
import { parseFile } from './parse.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'voltcast-fuzz-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = Array.from({ length: 30 }, (_, i) => i);
const clock = (i: number): string =>
  `${String(i >> 2).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`;
const seeds = [
  `date,load,temp,mode\n${rows.map((i) => `13/01/2018 ${clock(i)},${i * 1.5},${i - 3},${i % 2 ? 'on' : 'off'}\n`).join('')}`,
  `Bericht\n\nDatum;Zeit;Last\n;;kW\n${rows.map((i) => `13.01.2018;${clock(i)};1.${100 + i},5\n`).join('')}Summe;;9\n`,
  `time,site,load\n${rows.map((i) => `2018-01-13T${clock(i >> 1)}Z,"s""${i % 2}",${i}\n`).join('')}`,
  `fecha;${rows.map((i) => clock(i)).join(';')}\n${rows.map((d) => `${d + 1}/01/2018;${rows.join(';')}\n`).join('')}`,
  `from - to|load\r\n${rows.map((i) => `13.01.2018 ${clock(i)} - ${clock(i + 1)}|="${i}"\r\n`).join('')}`,
].map((text) => Buffer.from(text));

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 40 }),
  insert: fc.oneof(
    fc.constantFrom(
      '"',
      '""',
      ';',
      ',',
      '\n',
      '\r',
      '\n\n',
      '\0',
      '\uFEFF',
      '=',
      '="',
      ' ',
      '\t',
      '-',
      '1e309',
      '99/99/9999',
      '31/02/2018',
      'ä',
      '€',
    ),
    fc.uint8Array({ maxLength: 12 }),
  ),
});

test('no bytes lead to anything but a table or an error with a code', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(edit, { maxLength: 6 }),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (seed, edits, zip, keep) => {
        let bytes = seed;
        for (const { at, remove, insert } of edits) {
          const from = Math.floor(at * bytes.length);
          bytes = Buffer.concat([
            bytes.subarray(0, from),
            Buffer.from(insert as string),
            bytes.subarray(from + remove),
          ]);
        }
        if (zip) {
          const packed = gzipSync(bytes);
          bytes = keep < 0.5 ? packed : packed.subarray(0, Math.floor(packed.length * keep));
        }
        const file = path.join(folder, 'damaged.csv');
        writeFileSync(file, bytes);
        try {
          const table = await parseFile(file, {}, () => undefined);
          const lengths = table.columns.map((column) =>
            column.type === 'number' ? column.values.length : column.codes.length,
          );
          expect(new Set([table.time.length, ...lengths]).size).toBe(1);
          for (const column of table.columns)
            if (column.type === 'category')
              expect(column.codes.every((code) => code >= -1 && code < column.levels.length)).toBe(true);
          expect(new Set(table.columns.map((column) => column.name)).size).toBe(table.columns.length);
          expect(table.intervalEnd === null || table.intervalEnd.length === table.time.length).toBe(true);
          expect(table.series === null || table.series.codes.length === table.time.length).toBe(true);
        } catch (thrown) {
          if (!(thrown instanceof AppError)) throw thrown;
          expect(thrown.code).toMatch(/^[a-z-]+$/);
          expect(thrown.place?.file).toBe(file);
        }
      },
    ),
    { numRuns: 250 },
  );
}, 120_000);
