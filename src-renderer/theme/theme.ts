/** @file Mantine's theme over our tokens: fonts, sizes, and the few defaults that make the app look like one thing. */
import { createTheme } from '@mantine/core';
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';
import { cssVariables, tokens } from './tokens.ts';

const volt: MantineColorsTuple = [
  '#e6f4f8',
  '#cbe7ee',
  '#9dd0dd',
  '#6dbace',
  '#52b3cb',
  '#2b8ca9',
  '#147a98',
  '#0b667f',
  '#075268',
  '#033e51',
];

/** Mantine's dark greys in our blue-grey, so that inputs and menus belong to the same surface. */
const dark: MantineColorsTuple = [
  '#e8eef2',
  '#c9d5dd',
  '#9db0bd',
  '#6d7f8c',
  '#34424c',
  '#28343d',
  '#1f2931',
  '#182027',
  '#131a20',
  '#10161b',
];

export const theme = createTheme({
  primaryColor: 'volt',
  primaryShade: { light: 7, dark: 6 },
  colors: { volt, dark },
  autoContrast: true,
  luminanceThreshold: 0.3,
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.84375rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  headings: {
    fontWeight: '640',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250 } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.45, blur: 2 },
        // the dialog's head is a <header>; without a role of its own it would be a second page banner
        attributes: { header: { role: 'presentation' } },
      },
      styles: {
        content: { background: 'var(--vc-surface)' },
        title: { fontWeight: 640, fontSize: '1.0625rem' },
        header: { background: 'var(--vc-surface)' },
      },
    },
    Notification: {
      styles: {
        root: { background: 'var(--vc-raised)' },
        title: { color: 'var(--vc-text)' },
        description: { color: 'var(--vc-muted)' },
      },
    },
    Table: { defaultProps: { verticalSpacing: 'xs' } },
    Select: { defaultProps: { comboboxProps: { shadow: 'md' } } },
  },
});

const mantine = (set: (typeof tokens)['light']): Record<string, string> => ({
  '--mantine-color-body': set.page,
  '--mantine-color-text': set.text,
  '--mantine-color-dimmed': set.muted,
  '--mantine-color-placeholder': set.muted,
  '--mantine-color-default': set.surface,
  '--mantine-color-default-hover': set.sunken,
  '--mantine-color-default-color': set.text,
  '--mantine-color-default-border': set.border,
  '--mantine-color-anchor': set.accentText,
  '--mantine-color-error': set.bad,
  '--mantine-color-volt-light': set.accentSoft,
  '--mantine-color-volt-light-color': set.accentText,
  '--mantine-color-volt-outline': set.accentText,
});

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...cssVariables(tokens.light), ...mantine(tokens.light) },
  dark: { ...cssVariables(tokens.dark), ...mantine(tokens.dark) },
});
