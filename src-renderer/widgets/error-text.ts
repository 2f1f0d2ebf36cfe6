/**
 * @file Errors in the user's language. They come from behind the pages in English, with a code; the codes people meet have
 * texts of their own in `translations/<language>/errors.json`, and the English sentence stays beside them as the detail,
 * because it holds the names and figures.
 */
import i18n from 'i18next';
import type { TFunction } from 'i18next';
import type { ErrorData } from '../../src-preload/contract/index.ts';

export interface ErrorText {
  readonly message: string;
  readonly hint: string | null;
  /** the original, where `message` is not it */
  readonly detail: string | null;
}

/** Of an error in the language of `t`; the original where the code has no text there. */
export function errorText(t: TFunction, language: string, error: ErrorData): ErrorText {
  const { code, message, hint } = error;
  const own = (key: string): string | null => {
    const text = t(`errors:${code}.${key}`, { lng: language, fallbackLng: [], defaultValue: '' });
    return text === '' ? null : text;
  };
  const translated = language.startsWith('en') ? null : own('message');
  if (translated === null) return { message, hint: hint ?? null, detail: null };
  return { message: translated, hint: own('hint'), detail: [message, hint].filter(Boolean).join(' ') };
}

/** The same in the language in use. */
export const errorTextNow = (error: ErrorData): ErrorText => errorText(i18n.t, i18n.language, error);
