/** @file Labels of a time axis by the distance of its ticks: year, month, day or clock. Pure. */

const dayS = 86_400;

/**
 * @param splits tick instants, s
 * @param incrementS distance of the ticks, s
 * @returns per tick its label; a second line where the day or the year turns
 */
export function timeLabels(
  splits: readonly number[],
  incrementS: number,
  language: string,
  zone: string,
): readonly string[] {
  const part = (options: Intl.DateTimeFormatOptions): ((s: number) => string) => {
    const format = new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: 'h23', ...options });
    return (s) => format.format(s * 1000);
  };
  const year = part({ year: 'numeric' });
  const month = part({ month: 'short' });
  const day = part({ day: 'numeric', month: 'short' });
  const clock = part({ hour: '2-digit', minute: '2-digit' });
  let main: (s: number) => string;
  let above: ((s: number) => string) | null;
  if (incrementS >= 300 * dayS) [main, above] = [year, null];
  else if (incrementS >= 27 * dayS) [main, above] = [month, year];
  else if (incrementS >= dayS) [main, above] = [day, year];
  else [main, above] = [clock, day];
  let last = '';
  return splits.map((s) => {
    if (!above) return main(s);
    const context = above(s);
    if (context === last) return main(s);
    last = context;
    return `${main(s)}\n${context}`;
  });
}
