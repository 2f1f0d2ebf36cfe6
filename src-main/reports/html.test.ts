import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeCss, escapeHtml, html, trusted } from './html.ts';

describe('html', () => {
  it('escapes text, in content and in attributes, and keeps markup', () => {
    expect(html`<b title="${'"\'>'}">${'<i>'}</b>${trusted('<hr>')}`.text).toBe(
      '<b title="&quot;&#39;&gt;">&lt;i&gt;</b><hr>',
    );
  });

  it('joins lists and leaves out what is not there', () => {
    expect(html`${[html`<i>${1}</i>`, 'a&b', null, false, undefined]}`.text).toBe('<i>1</i>a&amp;b');
  });

  it('never lets a tag or a quote through, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
        // eslint-disable-next-line no-control-regex
        expect(escapeHtml(text)).not.toMatch(/[\u0000-\u0008]/);
      }),
    );
  });

  it('keeps text inside a CSS string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeCss(text).replace(/\\[0-9a-f]+ /g, '')).not.toMatch(/["\\\n\r<;{}]/);
      }),
    );
    expect(escapeCss('a"</style>')).toBe('a\\22 \\3c \\2f style\\3e ');
  });
});
