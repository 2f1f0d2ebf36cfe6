import { describe, expect, test } from 'vitest';
import { cssName, seriesColor, tokens } from './tokens.ts';
import type { TokenName, Tokens } from './tokens.ts';

/** WCAG 2.2 relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const n = Number.parseInt(hex.slice(1), 16);
  const [r, g, b] = [n >> 16, (n >> 8) & 255, n & 255].map((v) => {
    const share = v / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const texts: readonly TokenName[] = [
  'text',
  'muted',
  'accentText',
  'good',
  'warn',
  'bad',
  'info',
  'neutral',
  'axis',
];
const grounds: readonly TokenName[] = ['surface', 'page', 'sunken'];
const tinted = ['good', 'warn', 'bad', 'info', 'neutral'] as const;

describe.each(Object.entries(tokens) as [string, Tokens][])('%s', (_name, set) => {
  test.each(texts.flatMap((text) => grounds.map((ground) => [text, ground] as const)))(
    '%s is readable on %s (AA)',
    (text, ground) => expect(contrast(set[text], set[ground])).toBeGreaterThanOrEqual(4.5),
  );

  test.each(tinted)('%s is readable on its own tint, and so is text', (tone) => {
    const soft = set[`${tone}Soft`];
    expect(contrast(set[tone], soft)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(set.text, soft)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(set.muted, soft)).toBeGreaterThanOrEqual(4.5);
  });

  test('the accent is readable on its tint', () => {
    expect(contrast(set.accentText, set.accentSoft)).toBeGreaterThanOrEqual(4.5);
  });

  test('lines of charts and the focus ring stand out from the surface (3:1)', () => {
    for (let i = 0; i < 8; i += 1)
      expect(contrast(seriesColor(set, i), set.surface)).toBeGreaterThanOrEqual(3);
    expect(contrast(set.focus, set.page)).toBeGreaterThanOrEqual(3);
    expect(contrast(set.borderStrong, set.surface)).toBeGreaterThanOrEqual(3);
  });
});

test('names become CSS variables', () => {
  expect([cssName('text'), cssName('borderStrong'), cssName('series1')]).toEqual([
    '--vc-text',
    '--vc-border-strong',
    '--vc-series-1',
  ]);
});

test('the ninth series starts over', () => {
  expect(seriesColor(tokens.light, 8)).toBe(seriesColor(tokens.light, 0));
});
