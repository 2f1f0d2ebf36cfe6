/** @file Month names and zone abbreviations as they stand in stamps: English, Spanish, German, and their neighbours. */

const names: readonly (readonly string[])[] = [
  ['jan', 'january', 'januar', 'jänner', 'ene', 'enero', 'janvier', 'janv', 'gennaio', 'gen', 'janeiro'],
  ['feb', 'february', 'februar', 'febrero', 'février', 'févr', 'fev', 'fevereiro', 'febbraio'],
  ['mar', 'march', 'märz', 'mär', 'mrz', 'marzo', 'mars', 'março'],
  ['apr', 'april', 'abr', 'abril', 'avril', 'avr', 'aprile'],
  ['may', 'mai', 'mayo', 'mag', 'maggio', 'maio'],
  ['jun', 'june', 'juni', 'junio', 'juin', 'giu', 'giugno', 'junho'],
  ['jul', 'july', 'juli', 'julio', 'juillet', 'juil', 'lug', 'luglio', 'julho'],
  ['aug', 'august', 'ago', 'agosto', 'août'],
  ['sep', 'sept', 'september', 'septiembre', 'setiembre', 'septembre', 'set', 'settembre', 'setembro'],
  ['oct', 'october', 'okt', 'oktober', 'octubre', 'octobre', 'ott', 'ottobre', 'out', 'outubro'],
  ['nov', 'november', 'noviembre', 'novembre', 'novembro'],
  ['dec', 'december', 'dez', 'dezember', 'dic', 'diciembre', 'décembre', 'déc', 'dicembre', 'dezembro'],
];
const months = new Map(names.flatMap((spellings, i) => spellings.map((name) => [name, i + 1] as const)));

/** 1..12, or undefined for a word that is no month. */
export const monthOf = (word: string): number | undefined =>
  months.get(word.toLowerCase().replace(/\.$/, ''));

/** Hours east of Greenwich. Only abbreviations that mean one thing in load data. */
const zoneHours: Record<string, number> = {
  Z: 0,
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 1,
  CET: 1,
  MEZ: 1,
  CEST: 2,
  MESZ: 2,
  EET: 2,
  EEST: 3,
  EST: -5,
  EDT: -4,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  JST: 9,
  KST: 9,
  AEST: 10,
  AEDT: 11,
};

/** Offset in ms of `Z`, `CET`, `+02:00`, `UTC+1`; undefined when it is none. */
export function offsetOf(text: string): number | undefined {
  const word = text.toUpperCase();
  if (word in zoneHours) return zoneHours[word] * 3_600_000;
  const match = /^(?:UTC|GMT)?([-+\u2212])(\d{1,2})(?::?(\d{2}))?$/.exec(word);
  if (!match) return undefined;
  const ms = Number(match[2]) * 3_600_000 + Number(match[3] ?? 0) * 60_000;
  if (ms > 15 * 3_600_000) return undefined;
  return match[1] === '+' ? ms : -ms;
}
