/** @file The formatter of the language in use. */
import { useTranslation } from 'react-i18next';
import { createFormatter } from './format.ts';
import type { Formatter } from './format.ts';

const made = new Map<string, Formatter>();

/** One formatter per language for the life of the app: Intl objects are costly to make. */
export function formatterFor(language: string): Formatter {
  let formatter = made.get(language);
  if (!formatter) made.set(language, (formatter = createFormatter(language)));
  return formatter;
}

/** `en` with the region of the machine (`en-GB`), because dates and decimals go by region. */
export const localeFor = (language: string, preferred: readonly string[]): string =>
  preferred.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;

export function useFormat(): Formatter {
  const { i18n } = useTranslation();
  return formatterFor(localeFor(i18n.language, navigator.languages));
}
