/**
 * @file Markup that is safe by default: everything put into {@link html} is escaped, unless it is markup itself. Names of
 * columns, recipes and files come from the user's data and reach the report, so no other way of joining text is used.
 */

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

export type Renderable = string | number | Html | null | undefined | false | readonly Renderable[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe in text and in quoted attributes, of HTML and SVG. Control characters that XML forbids are dropped. */
export const escapeHtml = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    .replace(/[&<>"']/g, (character) => entities[character]);

/** A string inside a CSS `content: "…"`, with everything but plain letters and digits as an escape. */
export const escapeCss = (text: string): string =>
  text.replace(/[^\p{L}\p{N} ]/gu, (character) => `\\${character.codePointAt(0)!.toString(16)} `);

export function html(parts: TemplateStringsArray, ...values: readonly Renderable[]): Html {
  let text = parts[0];
  for (let i = 0; i < values.length; i++) text += render(values[i]) + parts[i + 1];
  return new Html(text);
}

/** Markup we wrote ourselves; never text from outside. */
export const trusted = (text: string): Html => new Html(text);

function render(value: Renderable): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escapeHtml(value);
  return value.map(render).join('');
}
