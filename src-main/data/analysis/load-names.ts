/**
 * @file What a column's name and unit say about it. Words from English, Spanish and German meter exports.
 * A name is a hint: how the values behave is weighed in `kinds.ts`.
 */

const energyUnits = new Set(['wh', 'kwh', 'mwh', 'gwh', 'w', 'kw', 'mw', 'gw', 'kva']);
const strong =
  /load|demand|consum|usage|verbrauch|bezug|lastgang|carga|appliance|electricity|strombezug|import(?!ance)/;
const weak = /power|potencia|leistung|energ[iyí]|active|activa|wirk|meter|total|strom/;
const against =
  /re-?activ|reaktiv|blind|factor|faktor|cos.?phi|temp|humid|feucht|hum_|co2|emission|price|preis|precio|cost|kosten|tarif|wind|irradi|radiation|globalstrahl|solar|photovolt|generation|erzeug|einspeis|vertido|export|produc|voltage|spannung|tensi[oó]n|current(?!.*kwh)|intensity|pressure|forecast|prognos|pron[oó]stico|previs|predict|day.?ahead|cloud|rain|precip|dew|visib|snow|hour|month|week|minute|second|holiday|feiertag|festivo|occup|frequency|quality|status|limit|capacity/;
const againstTokens = new Set([
  'kvarh',
  'kvar',
  'varh',
  'mvarh',
  'mvar',
  'var',
  'pf',
  'v',
  'a',
  'hz',
  'id',
  'index',
  'no',
  'nr',
  'row',
  'nsm',
  'day',
  'year',
  'lat',
  'lon',
  'rh',
  'ot',
  'c',
  'degc',
  'pv',
  'lag',
  'eur',
  'usd',
]);
const meterWords = /total|meter|counter|index|z[aä]hler|stand|lectura|acum|register|cumul|reading/;
const forecastWords = /forecast|prognos|pron[oó]stico|previs|predict|day.?ahead|scheduled|planned/;
const labelWords = /class|label|type|level|state|status|mode|regime|categor|tipo|klasse/;

const tokens = (name: string): string[] =>
  name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

export const isEnergyUnit = (unit: string | null): boolean =>
  unit !== null && energyUnits.has(unit.toLowerCase());

/** About -8 (never a load) to +8 (surely one). */
export function nameScore(name: string, unit: string | null): number {
  const lower = name.toLowerCase();
  const words = tokens(name);
  let score = 0;
  if (isEnergyUnit(unit) || words.some((word) => energyUnits.has(word) && word !== 'w')) score += 4;
  if (strong.test(lower)) score += 4;
  else if (weak.test(lower)) score += 2;
  if (
    against.test(lower) ||
    words.some((word) => againstTokens.has(word)) ||
    /^(t|rh|hum)[_ ]?\d*$/.test(lower)
  )
    score -= 8;
  if (unit !== null && /var|°|celsius|eur|usd|%|^v$|^a$|hz|bar|pa$/i.test(unit)) score -= 4;
  return score;
}

export const looksLikeMeter = (name: string): boolean => meterWords.test(name.toLowerCase());
export const looksLikeForecast = (name: string): boolean => forecastWords.test(name.toLowerCase());
export const looksLikeLabel = (name: string): boolean => labelWords.test(name.toLowerCase());
