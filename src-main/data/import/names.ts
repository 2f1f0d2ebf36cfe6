/** @file Header words that say what a column is, in English, Spanish, German and a little French and Italian. */

const parts = (name: string): string[] =>
  name
    .replace(/([a-zà-ÿ])([A-ZÀ-Þ])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9à-ÿ]+/)
    .filter((word) => word !== '');

const has = (name: string, words: ReadonlySet<string>): boolean =>
  parts(name).some((word) => words.has(word));

const timeInside = /date|time|stamp|datum|zeit|fecha|moment|horodat|instant/i;
const timeWords = new Set(
  'ts tag day dia día utc mtu von from start begin beginn desde inicio t dt data hora hour stunde period periodo periode interval intervall intervalo index epoch unix'.split(
    ' ',
  ),
);
/** `date`, `Zeitstempel`, `Fecha/Hora`, `utc_timestamp`, `MTU (CET)` … */
export const isTimeName = (name: string): boolean =>
  (timeInside.test(name) && !/runtime|uptime|downtime|lifetime|overtime|temp/i.test(name)) ||
  has(name, timeWords);

/** `utc_timestamp`, `Time (UTC)`: the stamps need no zone even where they state no offset. */
export const isUtcName = (name: string): boolean => has(name, utcWords);
const utcWords = new Set(['utc', 'gmt', 'zulu']);

const endWords = new Set('end ende bis to hasta fin until stop'.split(' '));
export const isEndName = (name: string): boolean => has(name, endWords);

const bookkeeping = new Set(
  'created updated modified inserted received imported exported processed erstellt geändert actualizado creado published'.split(
    ' ',
  ),
);
/** When somebody wrote the row, not when the reading was taken. */
export const isBookkeepingName = (name: string): boolean => has(name, bookkeeping);

const clockWords = new Set('time uhrzeit zeit hora hour stunde von from clock tod heure ora'.split(' '));
export const isClockName = (name: string): boolean => has(name, clockWords);

const slotWords = new Set(
  'hour hora hours horas stunde std hr he h ora heure period periodo período periode settlement quarter cuarto viertelstunde intervall interval intervalo slot sp pte position pos'.split(
    ' ',
  ),
);
/** Counts the hours or quarters of a day. */
export const isSlotName = (name: string): boolean =>
  has(name, slotWords) || /settlement_?period|period|stunde|viertel/i.test(name);

const seriesWords = new Set(
  'series serie reihe meter zähler zaehler contador medidor id mpan nmi cups malo melo zählpunkt zaehlpunkt site standort building edificio gebäude zone zona region area land country sensor channel kanal canal variable name tag item point punto device gerät client customer kunde cliente plant planta anlage station feeder unique_id household lclid'.split(
    ' ',
  ),
);
/** Names the meter, site or quantity a row belongs to. */
export const isSeriesName = (name: string): boolean =>
  has(name, seriesWords) || /_id$|^id_|meter|sensor|zähl|contador/i.test(name);
