import { describe, expect, test } from 'vitest';
import { languages, resolveLanguage } from './i18n.ts';

const files = import.meta.glob<Record<string, unknown>>('../resources/translations/*/*.json', {
  eager: true,
  import: 'default',
});
const sources = import.meta.glob<string>(['./**/*.{ts,tsx}', '!./**/*.test.{ts,tsx}'], {
  eager: true,
  query: '?raw',
  import: 'default',
});

/** `a.b` for every text; `title_one` counts as `title`, because languages have different plural forms. */
function keysOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null)
    return [path.replace(/_(zero|one|two|few|many|other)$/, '')];
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, path ? `${path}.${key}` : key));
}
/** `{{name}}` of every text, by key. */
function slotsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string')
    return [[path, [...new Set(value.match(/\{\{\w+\}\}/g) ?? [])].toSorted().join(' ')]];
  return Object.entries(value as object).flatMap(([key, inner]) =>
    slotsOf(inner, path ? `${path}.${key}` : key),
  );
}

const bundle = (language: string, namespace: string): Record<string, unknown> =>
  files[`../resources/translations/${language}/${namespace}.json`] ?? {};
const namespaces = [
  ...new Set(Object.keys(files).map((path) => path.split('/').pop()!.replace('.json', ''))),
];

// errors come in English; the others have texts by code
describe.each(namespaces.filter((namespace) => namespace !== 'errors'))('%s', (namespace) => {
  test.each(languages.filter((language) => language !== 'en'))(
    '%s has the same texts as English',
    (language) => {
      const own = new Set(keysOf(bundle(language, namespace)));
      const english = new Set(keysOf(bundle('en', namespace)));
      expect([...own].toSorted()).toEqual([...english].toSorted());
    },
  );

  test.each(languages.filter((language) => language !== 'en'))('%s fills the same slots', (language) => {
    const english = new Map(slotsOf(bundle('en', namespace)));
    for (const [key, slots] of slotsOf(bundle(language, namespace)))
      if (english.has(key)) expect(`${key}: ${slots}`).toBe(`${key}: ${english.get(key)}`);
  });

  test('no text is empty', () => {
    for (const language of languages)
      for (const [, text] of Object.entries(bundle(language, namespace))) expect(text).not.toBe('');
  });
});

test('every text that the code asks for by a fixed name is there', () => {
  const missing: string[] = [];
  for (const [path, source] of Object.entries(sources)) {
    // useTranslation('data') or useTranslation(['runs', 'common'])
    const own = [...source.matchAll(/useTranslation\(([^)]*)\)/g)].flatMap(([, names]) =>
      [...names!.matchAll(/'(\w+)'/g)].map(([, namespace]) => namespace!),
    );
    for (const [, key] of source.matchAll(/\bt\(\s*'([\w:.-]+)'/g)) {
      const [namespace, name] = key!.includes(':') ? (key!.split(':') as [string, string]) : [null, key!];
      const places = namespace ? [namespace] : own.length > 0 ? own : ['common'];
      if (!places.some((place) => keysOf(bundle('en', place)).includes(name)))
        missing.push(`${path}: ${key}`);
    }
  }
  expect(missing).toEqual([]);
});

test('every translated error has a code that exists, and a sentence', () => {
  const code = import.meta.glob<string>(
    ['../src-main/**/*.ts', '../src-preload/**/*.ts', './**/*.ts', '!../**/*.test.ts'],
    { eager: true, query: '?raw', import: 'default' },
  );
  const all = Object.values(code).join('\n');
  for (const language of languages.filter((name) => name !== 'en'))
    for (const [name, text] of Object.entries(bundle(language, 'errors'))) {
      expect(all, name).toContain(`'${name}'`);
      expect(text).toMatchObject({ message: expect.stringMatching(/\.$/) });
    }
});

test('the system language is the first one of the machine that Voltcast speaks', () => {
  expect(resolveLanguage('system', ['de-DE', 'es-MX', 'en-US'])).toBe('es');
  expect(resolveLanguage('system', ['de-DE'])).toBe('en');
  expect(resolveLanguage('es', ['en-US'])).toBe('es');
});
