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

export function useFormat(): Formatter {
  const { i18n } = useTranslation();
  return formatterFor(i18n.language);
}
