import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportOptions } from '../../../src-preload/contract/index.ts';
import { AppError } from '../../../src-preload/contract/index.ts';
import { parseFile } from './parse.ts';
import type { RawTable } from './raw-table.ts';

let folder = '';
let files = 0;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'voltcast-import-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string | Uint8Array, name = 'load.csv'): string {
  const file = path.join(folder, `${++files}-${name}`);
  writeFileSync(file, content);
  return file;
}
const read = (content: string | Uint8Array, options: ImportOptions = {}, name?: string): Promise<RawTable> =>
  parseFile(fileOf(content, name), options, () => undefined);

const times = (table: RawTable): string[] =>
  Array.from(table.time, (ms) => (Number.isNaN(ms) ? '-' : new Date(ms).toISOString().slice(0, 16)));

/** Column name to values: numbers, or texts of categories; missing is null. */
function columns(table: RawTable): Record<string, (number | string | null)[]> {
  return Object.fromEntries(
    table.columns.map((column) => [
      column.name,
      column.type === 'number'
        ? Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))
        : Array.from(column.codes, (code) => column.levels[code] ?? null),
    ]),
  );
}
const codes = (list: readonly { code: string }[]): string[] => list.map((entry) => entry.code);

/** The same three readings in every dress. */
const expectedTimes = ['2018-01-13T00:15', '2018-01-13T00:30', '2018-01-13T00:45'];
const expected = { load: [3.25, 1204.5, -7], temp: [20, null, 21.5] };

describe('one table in many spellings', () => {
  const plain =
    'date,load,temp\n13/01/2018 00:15,3.25,20\n13/01/2018 00:30,1204.5,\n13/01/2018 00:45,-7,21.5\n';
  const german =
    'date;load;temp\n13.01.2018 00:15;3,25;20\n13.01.2018 00:30;1204,5;\n13.01.2018 00:45;-7;21,5\n';
  const cases: [string, string | Uint8Array][] = [
    ['plain', plain],
    ['no newline at the end', plain.trimEnd()],
    ['CRLF', plain.replaceAll('\n', '\r\n')],
    ['CR alone', plain.replaceAll('\n', '\r')],
    ['byte order mark', `\uFEFF${plain}`],
    ['tabs', plain.replaceAll(',', '\t')],
    ['pipes', plain.replaceAll(',', '|')],
    ['semicolons and decimal comma', german],
    ['UTF-16LE with mark', iconv.encode(german, 'utf-16le', { addBOM: true })],
    ['UTF-16BE with mark', iconv.encode(german, 'utf-16be', { addBOM: true })],
    ['UTF-16LE without mark', iconv.encode(plain, 'utf-16le')],
    ['gzip', gzipSync(plain)],
    ['two gzip members', Buffer.concat([gzipSync(plain.slice(0, 40)), gzipSync(plain.slice(40))])],
    ['sep line', `sep=;\n${german}`],
    ['quoted sep line', `"sep=;"\r\n${german.replaceAll('\n', '\r\n')}`],
    ['preamble', `Load report of plant 7\nCreated;02.02.2018\n\n${german}`],
    ['preamble of key and value', `Plant;7;\nFrom;13.01.2018;\nTo;14.01.2018;\n${german}`],
    ['quotes', plain.replace(/[^,\n]+/g, '"$&"')],
    ['spreadsheet escapes', plain.replace(/-?\d+\.\d+/g, '="$&"')],
    ['quoted spreadsheet escapes', plain.replace(/-?\d+\.\d+/g, '"=""$&"""')],
    ['spaces around numbers', plain.replaceAll(',', ' , ')],
    ['thousands by point', german.replace('1204,5', '1.204,5')],
    ['thousands by comma', plain.replace('1204.5', '"1,204.5"')],
    ['thousands by space', german.replace('1204,5', '1 204,5')],
    ['thousands by no-break space', german.replace('1204,5', '1\u00a0204,5')],
    ['thousands by apostrophe', german.replace('1204,5', "1'204,5")],
    ['minus sign', plain.replace('-7', '\u22127')],
    ['minus behind', plain.replace('-7', '7-')],
    ['exponent', plain.replace('3.25', '3.25E+00')],
    ['blank lines', plain.replaceAll('\n', '\n\n')],
    ['trailing delimiter', plain.replaceAll('\n', ',\n').replace('temp,', 'temp')],
    ['rows of empty cells at the end', `${german};;\n;;\n;;\n`],
    ['total below', `${german}Summe;1200,75;41,5\n`],
    ['end of report', `${plain}\nEnd of report\n`],
    ['ISO', plain.replaceAll('13/01/2018 ', '2018-01-13T')],
    ['ISO with seconds', plain.replace(/13\/01\/2018 (\S{5})/g, '2018-01-13 $1:00')],
    ['ISO with Z', plain.replace(/13\/01\/2018 (\S{5})/g, '2018-01-13T$1:00.000Z')],
    ['ISO with offset', plain.replace(/13\/01\/2018 00:(\d\d)/g, '2018-01-13T02:$1:00+02:00')],
    ['UTC behind', plain.replace(/13\/01\/2018 (\S{5})/g, '2018-01-13 $1 UTC')],
    ['MM/DD/YYYY', plain.replaceAll('13/01/2018', '01/13/2018')],
    ['12 hours', plain.replace(/13\/01\/2018 00:(\d\d)/g, '1/13/2018 12:$1 AM')],
    ['two-digit year', plain.replaceAll('13/01/2018', '13/01/18')],
    ['year first with slashes', plain.replaceAll('13/01/2018', '2018/01/13')],
    ['month name', plain.replaceAll('13/01/2018', '13-Jan-2018')],
    ['month name in German', plain.replaceAll('13/01/2018', '13. Januar 2018')],
    ['month name in Spanish', plain.replaceAll('13/01/2018', '13 de enero de 2018')],
    ['weekday before', plain.replaceAll('13/01/2018', 'Sat 13/01/2018')],
    ['digits only', plain.replace(/13\/01\/2018 (\d\d):(\d\d)/g, '20180113$1$2')],
    [
      'epoch seconds',
      plain.replace(/13\/01\/2018 00:(\d\d)/g, (_, m) => String(1_515_801_600 + Number(m) * 60)),
    ],
    [
      'epoch milliseconds',
      plain.replace(/13\/01\/2018 00:(\d\d)/g, (_, m) => `${1_515_801_600 + Number(m) * 60}000`),
    ],
    ['Excel days', plain.replace(/13\/01\/2018 00:(\d\d)/g, (_, m) => (43113 + Number(m) / 1440).toFixed(9))],
    [
      'interval',
      plain.replace(
        /(13\/01\/2018) 00:(\d\d)/g,
        (_, d, m) => `${d} 00:${m} - ${d} ${m === '45' ? '01:00' : `00:${Number(m) + 15}`}`,
      ),
    ],
    [
      'interval with clock end',
      plain.replace(
        /(13\/01\/2018) 00:(\d\d)/g,
        (_, d, m) => `${d} 00:${m} - ${m === '45' ? '01:00' : `00:${Number(m) + 15}`}`,
      ),
    ],
    ['date and time apart', plain.replace('date', 'date,time').replaceAll('2018 00', '2018,00')],
    [
      'time before date',
      plain.replace('date', 'Uhrzeit,Datum').replace(/(13\/01\/2018) (\d\d:\d\d)/g, '$2,$1'),
    ],
  ];
  test.each(cases)('%s', async (_name, content) => {
    const table = await read(content);
    expect(times(table)).toEqual(expectedTimes);
    expect(columns(table)).toEqual(expected);
    expect(table.questions.filter((question) => question.blocking && question.code !== 'date-order')).toEqual(
      [],
    );
  });
});

describe('what the format says', () => {
  test('counts of lines before and after, units row, separators', async () => {
    const table = await read(
      'Plant 7;;\nMeter 12;;\n\nZeit;Last;Temp (°C)\n;kW;\n13.01.2018 00:15;1.203,25;20,1\n13.01.2018 00:30;1.204,5;20,2\n14.01.2018 00:45;7;20,3\nSumme;2.414,75;\n',
    );
    expect(table.format).toMatchObject({
      delimiter: ';',
      decimal: ',',
      thousands: '.',
      preambleLines: 3,
      footerLines: 1,
      header: true,
      unitsRow: true,
      layout: 'plain',
      dateFormat: 'DD.MM.YYYY HH:mm',
    });
    expect(table.columns.map((column) => (column.type === 'number' ? column.unit : null))).toEqual([
      'kW',
      '°C',
    ]);
    expect(table.timestampColumns).toEqual(['Zeit']);
    expect(codes(table.warnings)).toEqual(['footer']);
    expect(table.warnings[0].message).toMatch(/line 9/);
  });

  test('units from headers', async () => {
    const table = await read(
      't,Usage_kWh,Load [MW],Temp (°C),Power_Factor,CO2(tCO2),wind m/s\n2018-01-01 00:00,1,2,3,4,5,6\n2018-01-01 01:00,1,2,3,4,5,6\n',
    );
    expect(table.columns.map((column) => (column.type === 'number' ? column.unit : '?'))).toEqual([
      'kWh',
      'MW',
      '°C',
      null,
      'tCO2',
      'm/s',
    ]);
  });

  test('a unit behind each number', async () => {
    const table = await read('t;load\n2018-01-01 00:00;1,5 kWh\n2018-01-01 01:00;2,5 kWh\n');
    expect(columns(table)).toEqual({ load: [1.5, 2.5] });
    expect(table.columns[0]).toMatchObject({ unit: 'kWh' });
  });

  test('no header', async () => {
    const table = await read('2018-01-13 00:00,1,a\n2018-01-13 01:00,2,b\n2018-01-13 02:00,3,a\n');
    expect(table.format.header).toBe(false);
    expect(columns(table)).toEqual({ column_2: [1, 2, 3], column_3: ['a', 'b', 'a'] });
  });

  test('the same name twice, and no name', async () => {
    const table = await read('t,load,load,\n2018-01-13 00:00,1,2,3\n2018-01-13 01:00,1,2,3\n');
    expect(table.columns.map((column) => column.name)).toEqual(['load', 'load_2', 'column_4']);
  });

  test('Latin-1 names and categories', async () => {
    const table = await read(
      iconv.encode('Zeit;Zähler Größe\n13.01.2018 00:15;Süd\n13.01.2018 00:30;Nord\n', 'latin1'),
    );
    expect(table.format.encoding).toBe('windows-1252');
    expect(columns(table)).toEqual({ 'Zähler Größe': ['Süd', 'Nord'] });
  });

  test('an umlaut far below a head of ASCII', async () => {
    const row = (i: number, text: string): string =>
      `${new Date(i * 900_000).toISOString().slice(0, 16)};${i % 90};${text}\n`;
    const lines = Array.from({ length: 40_000 }, (_, i) => row(i, i === 39_990 ? 'Störung' : 'ok'));
    const table = await read(iconv.encode(`time;load;state\n${lines.join('')}`, 'latin1'));
    expect(columns(table).state[39_990]).toBe('Störung');
    expect(table.format.encoding).toBe('windows-1252');
  });
});

describe('missing and unreadable cells', () => {
  test('many words for nothing', async () => {
    const words = [
      'N/A',
      'n/a',
      'NULL',
      'null',
      'NAN',
      'NaN',
      '?',
      'error',
      'ERROR',
      'invalid',
      'INVALID',
      'unknown',
      '-',
      '--',
      '#N/A',
      '',
      ' ',
      '#DIV/0!',
      'k.A.',
    ];
    const rows = [...words, ...Array.from({ length: 30 }, (_, i) => ` ${i}.0 `)].map(
      (word, i) => `2018-01-13 ${String(i % 24).padStart(2, '0')}:${i < 24 ? '00' : '30'},${word}\n`,
    );
    const table = await read(`t,load\n${rows.join('')}`);
    expect(columns(table).load).toEqual([
      ...words.map(() => null),
      ...Array.from({ length: 30 }, (_, i) => i),
    ]);
    expect(codes(table.warnings)).toEqual([]);
  });

  test('cells that are no numbers are counted, with the first line', async () => {
    const rows = Array.from(
      { length: 20 },
      (_, i) => `2018-01-13 ${String(i).padStart(2, '0')}:00,${i === 7 || i === 9 ? 'defekt' : i}\n`,
    );
    const table = await read(`t,load\n${rows.join('')}`);
    expect(columns(table).load[7]).toBeNull();
    expect(table.warnings).toMatchObject([
      { code: 'unreadable-numbers', column: 'load', rows: 2, details: { line: 9, example: 'defekt' } },
    ]);
  });

  test('lines are counted past blank lines and line breaks in quotes', async () => {
    const table = await read(
      't,note,load\n2018-01-13 00:00,"a\nb",1\n\n2018-01-13 01:00,c,2\n2018-01-13 02:00,c,3\n2018-01-13 03:00,c,4\n2018-01-13 04:00,c,5\n2018-01-13 05:00,c,x!\n2018-01-13 06:00,c,5\n',
    );
    expect(columns(table).note[0]).toBe('a\nb');
    expect(table.warnings).toMatchObject([{ code: 'unreadable-numbers', details: { line: 9 } }]);
  });

  test('rows with too few or too many cells', async () => {
    const table = await read(
      't,a,b\n2018-01-13 00:00,1,2\n2018-01-13 01:00,1\n2018-01-13 02:00,1,2,3\n2018-01-13 03:00,1,2\n',
    );
    expect(columns(table)).toEqual({ a: [1, 1, 1, 1], b: [2, null, 2, 2] });
    expect(table.warnings).toMatchObject([{ code: 'ragged-rows', rows: 2, details: { line: 3 } }]);
  });

  test('the header again, in files put together from several', async () => {
    const part = (day: number): string =>
      `t,load,mode\n${Array.from({ length: 4 }, (_, i) => `2018-01-${day} 0${i}:00,${i},a\n`).join('')}`;
    const table = await read(part(13) + part(14) + part(15));
    expect(table.time.length).toBe(12);
    expect(columns(table)).toEqual({ load: [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3], mode: Array(12).fill('a') });
    expect(table.columns[1]).toMatchObject({ levels: ['a'] });
    expect(table.warnings).toMatchObject([{ code: 'repeated-header', rows: 2 }]);
  });

  test('a quote that is never closed', async () => {
    const table = await read(
      't,state,load\n2018-01-13 00:00,ok,2\n2018-01-13 01:00,"odd,2\n2018-01-13 02:00,ok,3\n',
    );
    expect(columns(table)).toEqual({ state: ['ok', '"odd', 'ok'], load: [2, 2, 3] });
  });

  test('unreadable stamps in the middle stay, with their line', async () => {
    const table = await read(
      't,load\n2018-01-13 00:00,1\nnever,2\n2018-02-30 02:00,3\n2018-01-13 03:00,4\n2018-01-13 04:00,4\n2018-01-13 05:00,4\n2018-01-13 06:00,4\n',
    );
    expect(times(table).slice(0, 4)).toEqual(['2018-01-13T00:00', '-', '-', '2018-01-13T03:00']);
    expect(table.warnings).toMatchObject([
      { code: 'impossible-dates', rows: 1, details: { line: 4 } },
      { code: 'unreadable-timestamps', rows: 1, details: { line: 3, example: 'never' } },
    ]);
  });

  test('a column that turns into text below the head is text', async () => {
    const rows = Array.from(
      { length: 3000 },
      (_, i) =>
        `${new Date(i * 900_000).toISOString().slice(0, 16)},${i},${i < 1100 ? i : i % 2 ? 'on' : 'off'}\n`,
    );
    const table = await read(`t,load,mode\n${rows.join('')}`);
    const mode = table.columns[1];
    expect(mode.type).toBe('category');
    expect(columns(table).mode.slice(2000, 2002)).toEqual(['off', 'on']);
  });

  test('a column that begins with nothing and then holds numbers is numbers', async () => {
    const rows = Array.from(
      { length: 3000 },
      (_, i) => `${new Date(i * 900_000).toISOString().slice(0, 16)},${i},${i < 2000 ? '' : i / 4}\n`,
    );
    const table = await read(`t,load,late\n${rows.join('')}`);
    expect(columns(table).late[2001]).toBe(500.25);
  });

  test('categories lose stray spaces, keep their case', async () => {
    const table = await read(
      't,load,mode\n2018-01-13 00:00,1, On\n2018-01-13 01:00,2,On \n2018-01-13 02:00,2,on\n2018-01-13 03:00,2,N/A\n',
    );
    expect(columns(table).mode).toEqual(['On', 'On', 'on', null]);
  });
});

describe('dates', () => {
  const days = (list: string[], step = ''): string =>
    `t,load\n${list.map((day, i) => `${day}${step},${i}\n`).join('')}`;

  test('a late day above twelve decides for the whole column', async () => {
    const table = await read(days(['01/02/2018', '02/02/2018', '03/02/2018', '13/02/2018']));
    expect(times(table)[0]).toBe('2018-02-01T00:00');
    expect(table.questions).toEqual([]);
    const us = await read(days(['02/01/2018', '02/02/2018', '02/13/2018']));
    expect(times(us)[0]).toBe('2018-02-01T00:00');
    expect(us.format.dateFormat).toBe('MM/DD/YYYY');
  });

  test('regular steps across midnight decide where no day is above twelve', async () => {
    const rows = Array.from(
      { length: 24 * 6 },
      (_, i) => `0${3 + Math.floor(i / 24)}/02/2018 ${String(i % 24).padStart(2, '0')}:00,1\n`,
    );
    const table = await read(`t,load\n${rows.join('')}`);
    expect(times(table)[0]).toBe('2018-02-03T00:00');
    expect(table.questions).toEqual([]);
    const us = await read(`t,load\n${rows.join('').replace(/(\d\d)\/02\//g, '02/$1/')}`);
    expect(times(us)[0]).toBe('2018-02-03T00:00');
    expect(us.questions).toEqual([]);
  });

  test('what nothing decides is asked, with both readings', async () => {
    const table = await read(days(['01/02/2018', '02/02/2018', '03/02/2018']));
    expect(table.questions).toMatchObject([{ code: 'date-order', blocking: true, option: 'dateOrder' }]);
    expect(table.questions[0].choices.map((choice) => choice.example)).toEqual([
      '01/02/2018 = 1 February 2018',
      '01/02/2018 = 2 January 2018',
    ]);
    const answered = await read(days(['01/02/2018', '02/02/2018', '03/02/2018']), { dateOrder: 'mdy' });
    expect(answered.questions).toEqual([]);
    expect(times(answered)[1]).toBe('2018-02-02T00:00');
    expect(times(answered)[2]).toBe('2018-03-02T00:00');
  });

  test('24:00 is the next midnight, of the year as well', async () => {
    const table = await read('t,load\n31/12/2018 23:00,1\n31/12/2018 24:00,2\n');
    expect(times(table)).toEqual(['2018-12-31T23:00', '2019-01-01T00:00']);
  });

  test('12 AM and 12 PM', async () => {
    const table = await read(
      't,load\n1/13/2018 12:00 AM,1\n1/13/2018 1:00 am,1\n1/13/2018 12:00 PM,1\n1/13/2018 11:30:00 PM,1\n',
    );
    expect(times(table).map((text) => text.slice(11))).toEqual(['00:00', '01:00', '12:00', '23:30']);
  });

  test('offsets make true instants, their absence wall clock', async () => {
    expect((await read('t,load\n2018-01-13T00:00+01:00,1\n2018-01-13T01:00+01:00,1\n')).absolute).toBe(true);
    expect((await read('t,load\n1515801600,1\n1515802500,1\n')).absolute).toBe(true);
    expect((await read('t,load\n2018-01-13T00:00,1\n2018-01-13T01:00,1\n')).absolute).toBe(false);
    const summer = await read('t,load\n27/10/2024 02:00 CEST,1\n27/10/2024 02:00 CET,1\n');
    expect(times(summer)).toEqual(['2024-10-27T00:00', '2024-10-27T01:00']);
  });

  test('interval ends are kept', async () => {
    const table = await read(
      'Zeitraum;Last\n31.12.2018 23:30 - 31.12.2018 23:45;1\n31.12.2018 23:45 - 01.01.2019 00:00;2\n',
    );
    expect(times({ ...table, time: table.intervalEnd! })).toEqual(['2018-12-31T23:45', '2019-01-01T00:00']);
    const clock = await read('Datum;Zeit;Last\n31.12.2018;23:30 - 23:45;1\n31.12.2018;23:45 - 00:00;2\n');
    expect(times(clock)).toEqual(['2018-12-31T23:30', '2018-12-31T23:45']);
    expect(times({ ...clock, time: clock.intervalEnd! })).toEqual(['2018-12-31T23:45', '2019-01-01T00:00']);
    const two = await read(
      'from,to,load\n2018-12-31 23:45,2019-01-01 00:00,1\n2019-01-01 00:00,2019-01-01 00:15,1\n',
    );
    expect(times({ ...two, time: two.intervalEnd! })).toEqual(['2019-01-01T00:00', '2019-01-01T00:15']);
    expect(two.columns.map((column) => column.name)).toEqual(['load']);
  });

  test('date and hour of the day as Spanish distributors write them', async () => {
    const rows = Array.from(
      { length: 48 },
      (_, i) =>
        `ES001;${i < 24 ? '14' : '15'}/03/2023;${String((i % 24) + 1).padStart(2, '0')}:00;0,${100 + i};Real\n`,
    );
    const table = await read(`cups;fecha;hora;consumo_kWh;metodoObtencion\n${rows.join('')}`);
    expect(times(table).slice(0, 2)).toEqual(['2023-03-14T01:00', '2023-03-14T02:00']);
    expect(times(table)[23]).toBe('2023-03-15T00:00');
    expect(table.timestampColumns).toEqual(['fecha', 'hora']);
    expect(table.series).toBeNull();
  });

  test('date and counted hour, over a day of 23 and one of 25', async () => {
    const day = (date: string, hours: number): string =>
      Array.from({ length: hours }, (_, i) => `${date};${i + 1};${i}\n`).join('');
    const table = await read(
      `fecha;hora;consumo_kWh\n${day('30/03/2024', 24)}${day('31/03/2024', 23)}${day('27/10/2024', 25)}`,
    );
    expect(
      times(table)
        .slice(24, 28)
        .map((text) => text.slice(11)),
    ).toEqual(['00:00', '01:00', '03:00', '04:00']);
    expect(
      times(table)
        .slice(47, 53)
        .map((text) => text.slice(11)),
    ).toEqual(['00:00', '01:00', '02:00', '02:00', '03:00', '04:00']);
  });

  test('a name that says UTC makes true instants', async () => {
    const table = await read('datetime_beginning_utc,load\n1/13/2018 5:00:00 AM,1\n1/13/2018 6:00:00 AM,2\n');
    expect(table.absolute).toBe(true);
    expect(times(table)[0]).toBe('2018-01-13T05:00');
  });

  test('daily rows keep their dates whatever other times they name', async () => {
    const rows = Array.from(
      { length: 20 },
      (_, i) => `${i + 1}/03/2023;${100 + i};1${i % 10}:15;${(i % 6) + 1}\n`,
    );
    const table = await read(`fecha;consumo_kWh;hora_punta;periodo\n${rows.join('')}`);
    expect(table.timestampColumns).toEqual(['fecha']);
    expect(times(table)[1]).toBe('2023-03-02T00:00');
    expect(table.columns.map((column) => column.name)).toEqual(['consumo_kWh', 'hora_punta', 'periodo']);
  });

  test('date, begin and end in three columns', async () => {
    const table = await read(
      'Datum;Anfang;Ende;Netzlast [MWh] Originalauflösungen\n31.12.2018;23:30;23:45;12.345,25\n31.12.2018;23:45;00:00;12.001,5\n',
    );
    expect(times(table)).toEqual(['2018-12-31T23:30', '2018-12-31T23:45']);
    expect(times({ ...table, time: table.intervalEnd! })).toEqual(['2018-12-31T23:45', '2019-01-01T00:00']);
    expect(table.columns).toMatchObject([{ unit: 'MWh', values: Float64Array.of(12345.25, 12001.5) }]);
  });

  test('date and time with seconds, question marks for missing', async () => {
    const table = await read(
      'Date;Time;Global_active_power\n16/12/2006;17:24:00;4.216\n16/12/2006;17:25:00;?\n16/12/2006;17:26:00;0.418\n',
    );
    expect(times(table)).toEqual(['2006-12-16T17:24', '2006-12-16T17:25', '2006-12-16T17:26']);
    expect(columns(table)).toEqual({ Global_active_power: [4.216, null, 0.418] });
  });

  test('the named column is taken', async () => {
    const content =
      'utc,local,load\n2018-07-01 00:00,2018-07-01 02:00,1\n2018-07-01 01:00,2018-07-01 03:00,2\n';
    expect((await read(content)).timestampColumns).toEqual(['utc']);
    const table = await read(content, { timestamp: 'Local' });
    expect(times(table)[0]).toBe('2018-07-01T02:00');
    expect(codes(table.warnings)).toEqual(['other-timestamps']);
    await expect(read(content, { timestamp: 'lokal' })).rejects.toMatchObject({
      code: 'column-not-found',
      hint: expect.stringContaining("'local'") as string,
    });
    await expect(read(content, { timestamp: 'load' })).rejects.toMatchObject({
      code: 'timestamp-unreadable',
    });
  });

  test('no column of time is asked for', async () => {
    const table = await read('a,b\n1,2\n3,4\n');
    expect(table.questions).toMatchObject([
      { code: 'timestamp', blocking: true, choices: [{ value: 'a' }, { value: 'b' }] },
    ]);
    expect(times(table)).toEqual(['-', '-']);
  });
});

describe('decimal sign', () => {
  test('is asked where every number fits both', async () => {
    const table = await read('t;load\n2018-01-13 00:00;1,234\n2018-01-13 01:00;2,345\n');
    expect(table.questions).toMatchObject([
      {
        code: 'decimal',
        blocking: true,
        choices: [{ example: '1,234 = 1234' }, { example: '1,234 = 1.234' }],
      },
    ]);
    const answered = await read('t;load\n2018-01-13 00:00;1,234\n2018-01-13 01:00;2,345\n', { decimal: '.' });
    expect(columns(answered).load).toEqual([1234, 2345]);
  });
  test('is decided by one number far below the head', async () => {
    const rows = Array.from(
      { length: 40_000 },
      (_, i) =>
        `${new Date(i * 900_000).toISOString().slice(0, 16)};${i === 39_000 ? '0' : (i % 9) + 1},${100 + (i % 800)}\n`,
    );
    const table = await read(`t;load\n${rows.join('')}`);
    expect(table.questions).toEqual([]);
    expect(columns(table).load[0]).toBe(1.1);
  });
  test('is decided by one number that fits only one', async () => {
    const table = await read('t;load\n2018-01-13 00:00;1,234\n2018-01-13 01:00;0,345\n');
    expect(columns(table).load).toEqual([1.234, 0.345]);
    expect(table.questions).toEqual([]);
  });
});

describe('layouts', () => {
  test('long form: the column that explains the repeats is the series', async () => {
    const rows = ['north', 'south', 'east'].flatMap((site, s) =>
      Array.from(
        { length: 30 },
        (_, i) =>
          `${new Date(i * 900_000).toISOString().slice(0, 16)},${site},${s * 100 + i},${i % 2 ? 'ok' : 'est'}\n`,
      ),
    );
    for (const order of [rows, rows.toSorted()]) {
      const table = await read(`time,site,load,quality\n${order.join('')}`);
      expect(table.format.layout).toBe('long');
      expect(table.series?.levels.toSorted()).toEqual(['east', 'north', 'south']);
      expect(table.columns.map((column) => column.name)).toEqual(['load', 'quality']);
      expect(table.questions).toEqual([]);
    }
  });

  test('long form with a number as series, and with two columns', async () => {
    const cell = (meter: number, channel: string, i: number): string =>
      `${new Date(i * 900_000).toISOString().slice(0, 16)},${meter},${channel},${i}\n`;
    const one = [7001, 7002].flatMap((meter) => Array.from({ length: 20 }, (_, i) => cell(meter, 'a', i)));
    expect((await read(`time,meter,channel,load\n${one.join('')}`)).series).toMatchObject({
      name: 'meter',
      levels: ['7001', '7002'],
    });
    const two = [7001, 7002].flatMap((meter) =>
      ['a', 'b'].flatMap((channel) => Array.from({ length: 20 }, (_, i) => cell(meter, channel, i))),
    );
    const table = await read(`time,meter,channel,load\n${two.join('')}`);
    expect(table.series?.levels.length).toBe(4);
    expect(table.columns.map((column) => column.name)).toEqual(['load']);
  });

  test('a file with a few duplicates is not long', async () => {
    const rows = Array.from(
      { length: 50 },
      (_, i) =>
        `${new Date(Math.min(i, 45) * 900_000).toISOString().slice(0, 16)},${i % 2 ? 'a' : 'b'},${i}\n`,
    );
    expect((await read(`time,mode,load\n${rows.join('')}`)).series).toBeNull();
  });

  test('wide days with times in the header', async () => {
    const clock = Array.from(
      { length: 96 },
      (_, i) => `${String(Math.floor(i / 4)).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`,
    );
    const row = (day: string, base: number): string => `${day};${clock.map((_, i) => base + i).join(';')}\n`;
    const table = await read(`Datum;${clock.join(';')}\n${row('13.01.2018', 0)}${row('14.01.2018', 1000)}`);
    expect(table.format.layout).toBe('wide-days');
    expect(table.time.length).toBe(192);
    expect(times(table).slice(95, 97)).toEqual(['2018-01-13T23:45', '2018-01-14T00:00']);
    expect(columns(table).value.slice(95, 97)).toEqual([95, 1000]);
  });

  test('wide days whose date lost its name: the time it stands under has no reading', async () => {
    const clock = Array.from(
      { length: 30 },
      (_, i) => `${String(Math.floor(i / 4)).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`,
    );
    const table = await read(
      `${clock.join(';')}\n1/01/2018;${clock.slice(1).join(';').replaceAll(/:/g, '')}\n`,
    );
    const [value] = Object.values(columns(table));
    expect(value).toHaveLength(table.time.length);
    expect(value?.[0]).toBeNull();
  });

  test('wide days that end with midnight', async () => {
    const clock = Array.from({ length: 24 }, (_, i) => `${String(i + 1).padStart(2, '0')}:00`);
    const row = (day: string): string => `${day},${clock.map((_, i) => i).join(',')}\n`;
    const table = await read(`date,${clock.join(',')}\n${row('2018-01-13')}${row('2018-01-14')}`);
    expect(times(table)[0]).toBe('2018-01-13T01:00');
    expect(times(table)[23]).toBe('2018-01-14T00:00');
  });

  test('wide days with counted hours, series and a day of 25', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `H${i + 1}`);
    const row = (meter: string, day: string, hours: number): string =>
      `${meter};${day};${names.map((_, i) => (i < hours ? i : '')).join(';')}\n`;
    const body = ['A', 'B']
      .map((meter) => row(meter, '26.10.2024', 24) + row(meter, '27.10.2024', 25))
      .join('');
    const table = await read(`meter;date;${names.join(';')}\n${body}`);
    expect(table.time.length).toBe(2 * 49);
    expect(
      times(table)
        .slice(24, 30)
        .map((text) => text.slice(11, 13)),
    ).toEqual(['00', '01', '02', '02', '03', '04']);
    expect(table.series?.levels).toEqual(['A', 'B']);
    expect(table.format.layout).toBe('wide-days');
  });

  test('24 sensors are not the hours of a day', async () => {
    const names = Array.from({ length: 24 }, (_, i) => `sensor_${i + 1}`);
    const row = (day: string): string => `${day},${names.map((_, i) => i).join(',')}\n`;
    const table = await read(`date,${names.join(',')}\n${row('2018-01-13')}${row('2018-01-14')}`);
    expect(table.columns.length).toBe(24);
  });
});

describe('files that cannot be read say why', () => {
  const cases: [string, string | Uint8Array, string, RegExp][] = [
    ['empty', '', 'file-empty', /0 bytes/],
    ['white space', ' \n\n  \n', 'file-empty', /white space/],
    ['header alone', 'date,load\n', 'no-rows', /header but no rows/],
    ['one column', 'load\n1\n2\n3\n', 'single-column', /one column/],
    [
      'binary',
      Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256),
      'binary-file',
      /not a text file/,
    ],
    ['workbook', 'PK\u0003\u0004xxxxxxxxxxxx', 'not-a-table', /Excel/],
    ['PDF', '%PDF-1.7\n', 'not-a-table', /PDF/],
    ['web page', '<!DOCTYPE html><html></html>', 'not-a-table', /web page/],
    [
      'truncated gzip',
      gzipSync(
        `t,load\n${Array.from({ length: 5000 }, (_, i) => `2018-01-13 00:00,${Math.sin(i)}\n`).join('')}`,
      ).subarray(0, 3000),
      'gzip-truncated',
      /cut off/,
    ],
    [
      'damaged gzip',
      Buffer.concat([
        gzipSync('t,load\n2018-01-13 00:00,1\n').subarray(0, 12),
        Buffer.from('garbage garbage garbage'),
      ]),
      'gzip-damaged',
      /unpacked/,
    ],
    ['damaged Parquet', 'PAR1 and then nothing', 'parquet-damaged', /Parquet/],
  ];
  test.each(cases)('%s', async (_name, content, code, message) => {
    const error = await read(content).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, place: { file: expect.stringContaining('load.csv') as string } });
    expect((error as AppError).message).toMatch(message);
  });

  test('no file, a folder, options that make no sense', async () => {
    await expect(parseFile(path.join(folder, 'none.csv'), {}, () => undefined)).rejects.toMatchObject({
      code: 'file-not-found',
    });
    await expect(parseFile(folder, {}, () => undefined)).rejects.toMatchObject({ code: 'not-a-file' });
    const content = 't,load\n2018-01-13 00:00,1\n2018-01-13 01:00,1\n';
    await expect(read(content, { encoding: 'utf-7000' })).rejects.toMatchObject({ code: 'unknown-encoding' });
    await expect(read(content, { delimiter: ';;' })).rejects.toMatchObject({ code: 'bad-delimiter' });
    await expect(read(content, { layout: 'wide-days' })).rejects.toMatchObject({ code: 'no-day-columns' });
    await expect(read(content, { series: 'load' })).rejects.toMatchObject({ code: 'no-series-column' });
  });
});
