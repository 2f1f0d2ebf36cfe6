/** @file What a model's card says about its licence. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { Licence } from '../../../src-preload/contract/index.ts';

/** Every use is allowed, with at most a notice to be kept. */
const permissive: ReadonlySet<string> = new Set([
  'apache-2.0',
  'mit',
  'mit-0',
  'bsd',
  'bsd-2-clause',
  'bsd-3-clause',
  '0bsd',
  'isc',
  'unlicense',
  'cc0-1.0',
]);

export const noLicence: Licence = { id: null, name: null, link: null, permissive: false };

const text = z.string().max(2000).nullish().catch(null);
const cardSchema = z.looseObject({
  // a list where a model has several: all of them are shown, and none is taken for permissive alone
  license: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .catch(null),
  license_name: text,
  license_link: text,
});

/** One line, so that a card cannot draw on the terminal. */
const line = (value: string | null | undefined, most: number): string | null =>
  value === null || value === undefined
    ? null
    : value
        .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
        .trim()
        .slice(0, most) || null;

/** @param card the hub's `cardData`, or the front matter of README.md */
export function licenceOfCard(card: unknown): Licence {
  const parsed = cardSchema.safeParse(card ?? {});
  if (!parsed.success) return noLicence;
  const { license, license_name: name, license_link: link } = parsed.data;
  const ids = (Array.isArray(license) ? license : [license ?? '']).map((id) => id.trim().toLowerCase());
  const id = line(ids.filter(Boolean).join(', '), 200);
  return {
    id,
    name: line(name, 500),
    link: line(link, 2000),
    permissive: id !== null && ids.every((one) => permissive.has(one)),
  };
}

/** The YAML between the first two lines `---` of a README. */
export function licenceOfReadme(readme: string): Licence {
  const front = /^\uFEFF?---\r?\n([\s\S]{0,100000}?)\r?\n---/.exec(readme)?.[1];
  if (front === undefined) return noLicence;
  try {
    return licenceOfCard(parse(front, { maxAliasCount: 10 }));
  } catch {
    return noLicence;
  }
}
