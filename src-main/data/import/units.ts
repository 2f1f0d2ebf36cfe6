/** @file Units: in a row of their own, or in a header such as `Usage_kWh`, `Load [MW]`, `Temp (°C)`. */

const prefixes = '(?:[kMGTm]|)';
const known = new RegExp(
  `^(?:${[
    `${prefixes}(?:W|Wh|VA|VAh|VAr|VArh|var|varh|Var|Varh|VAR|VARh|J|V|A|Hz|bar|Pa|K|g|t|l|m)(?:[_]?(?:el|th|p|peak))?`,
    '[kMGT][wW][hH]?',
    'KWH|KW|MWH|MW|GWH|GW|kvarh|kvar|KVARH|kVARh|kVarh',
    '°\\s?[CFK]|º\\s?C|deg\\s?[CF]|degC|degF|Cel|Celsius|Fahrenheit',
    '%|pct|percent|Prozent|p\\.u\\.|pu|1|-|ppm',
    '[kM]?(?:€|EUR|USD|GBP|\\$|£|ct|c)\\s?/\\s?[kM]?Wh|€|EUR|USD|GBP|\\$|£',
    `${prefixes}(?:Wh?|J|W)\\s?/\\s?(?:m2|m²|m\\^2|h|d|kg)`,
    'm/s|km/h|mph|kn|mm|cm|km|mm/h|m2|m²|m3|m³|Nm3|Nm³|m3/h|m³/h|l/h|l/s|l/min|kg|kg/h|kg/s|t/h',
    '[kM]?t?_?CO2(?:e|eq)?|[kgt]+_?CO2(?:e|eq)?(?:/[kM]?Wh)?',
    's|sec|min|h|hr|d|ms|hPa|kPa|mbar|lux|lx|rpm|kcal|BTU|MMBtu|therms?|Oktas?|okta|°|deg',
  ].join('|')})$`,
);
const ambiguousAlone = /^(?:1|-|c|s|h|d|g|t|l|m|A|V|K|J|W|ms|deg|min|cm|km|kn|p|mm)$/;

/** True for what can stand in a units row. */
export const isUnit = (text: string): boolean => known.test(stripBrackets(text));

export const stripBrackets = (text: string): string => {
  const trimmed = text.trim();
  const inside = /^[[({]\s*(.*?)\s*[\])}]$/.exec(trimmed);
  return inside ? inside[1] : trimmed;
};

/**
 * Unit named by a header, null where there is none. In brackets anything short counts; behind `_`, a space, `,` or `/`
 * only a known unit does, and none that is an ordinary word or letter.
 */
export function unitOfHeader(header: string): string | null {
  const name = header.trim();
  const bracketed =
    /[[({]\s*([^[\](){}]{1,14}?)\s*[\])}]\s*$/.exec(name) ?? /\[\s*([^[\](){}]{1,14}?)\s*\]/.exec(name);
  if (bracketed && (known.test(bracketed[1]) || (/^[[{]/.test(bracketed[0]) && !/^\d+$/.test(bracketed[1]))))
    return bracketed[1];
  const tail = /(?:[_\s,./-]|\bin\s)\s*([^\s_,[\](){}]{1,10})$/.exec(name);
  if (tail) {
    const unit = tail[1];
    if (known.test(unit) && !ambiguousAlone.test(unit)) return unit;
    const proper = lowerCase.get(unit.toLowerCase());
    if (proper !== undefined) return proper;
  }
  return lowerCase.get(name.toLowerCase()) ?? null;
}

/** Spellings that databases and code use in lower case. */
const lowerCase = new Map(
  ['kW', 'kWh', 'MW', 'MWh', 'GW', 'GWh', 'Wh', 'kVA', 'kvar', 'kvarh', '°C', 'hPa'].map((unit) => [
    unit.toLowerCase(),
    unit,
  ]),
);
lowerCase.set('degc', '°C').set('celsius', '°C').set('percent', '%').set('pct', '%');
