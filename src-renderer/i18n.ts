/** @file Languages. One JSON file per page and language in resources/translations; English where a text is missing. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = ['en', 'es'] as const;
export type Language = (typeof languages)[number];

type Bundle = Record<string, unknown>;
const files = import.meta.glob<Bundle>('../resources/translations/*/*.json', {
  eager: true,
  import: 'default',
});

function resources(): Record<string, Record<string, Bundle>> {
  const found: Record<string, Record<string, Bundle>> = {};
  for (const [path, bundle] of Object.entries(files)) {
    const [, language, namespace] = /([^/]+)\/([^/]+)\.json$/.exec(path)!;
    (found[language] ??= {})[namespace] = bundle;
  }
  return found;
}

const isLanguage = (text: string): text is Language => (languages as readonly string[]).includes(text);

/** `system` follows the first language of the machine that Voltcast speaks. */
export function resolveLanguage(setting: 'system' | Language, preferred: readonly string[]): Language {
  if (setting !== 'system') return setting;
  return preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

await i18next.use(initReactI18next).init({
  resources: resources(),
  lng: resolveLanguage('system', typeof navigator === 'undefined' ? [] : navigator.languages),
  fallbackLng: 'en',
  defaultNS: 'common',
  interpolation: { escapeValue: false }, // React escapes
  returnNull: false,
});

export default i18next;
