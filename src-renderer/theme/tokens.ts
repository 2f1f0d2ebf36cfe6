/**
 * @file Every colour of the app, light and dark, in one place. Text colours reach WCAG AA (4.5:1) on `surface`,
 * `page` and their own tint. Components use the CSS variables (`var(--vc-muted)`); canvas charts, which cannot,
 * read the same names with `useTokens()`.
 */
const light = {
  page: '#f5f7f8',
  surface: '#ffffff',
  raised: '#ffffff',
  sunken: '#eef2f4',
  border: '#dde3e7',
  borderStrong: '#8494a0',
  text: '#15212a',
  muted: '#536472',
  accent: '#0b667f',
  accentSoft: '#e3f1f5',
  accentText: '#0a5c73',
  focus: '#0b7fa0',
  good: '#1d6b3a',
  goodSoft: '#e4f4e9',
  warn: '#8a5200',
  warnSoft: '#fdf1dc',
  bad: '#b3261e',
  badSoft: '#fdeae8',
  info: '#2a5aa8',
  infoSoft: '#e8effb',
  neutral: '#4b5b68',
  neutralSoft: '#e9eef1',
  actual: '#33424f',
  forecast: '#0b7fa0',
  band: 'rgba(11, 127, 160, 0.16)',
  grid: '#e6ebee',
  axis: '#536472',
  missing: '#e9edf0',
  series1: '#0b7fa0',
  series2: '#c46a00',
  series3: '#7a4cc2',
  series4: '#2f8a3c',
  series5: '#c2386a',
  series6: '#2f66cf',
  series7: '#8b5e34',
  series8: '#5d6b77',
  heat0: '#f2f6f6',
  heat1: '#cfe5e4',
  heat2: '#86c3c9',
  heat3: '#3b95ab',
  heat4: '#1b6386',
  heat5: '#2b3264',
  shadow: '0 1px 2px rgba(21, 33, 42, 0.05), 0 4px 16px rgba(21, 33, 42, 0.04)',
};

export type Tokens = Readonly<typeof light>;
export type TokenName = keyof Tokens;

const dark: Tokens = {
  page: '#10161b',
  surface: '#182027',
  raised: '#1f2931',
  sunken: '#131a20',
  border: '#2b3740',
  borderStrong: '#6d7f8c',
  text: '#e8eef2',
  muted: '#9db0bd',
  accent: '#52b3cb',
  accentSoft: '#16323c',
  accentText: '#7fcfe2',
  focus: '#6fc6db',
  good: '#7fd29a',
  goodSoft: '#173323',
  warn: '#f2bd68',
  warnSoft: '#3a2c14',
  bad: '#ff9d94',
  badSoft: '#43201e',
  info: '#9cbcf5',
  infoSoft: '#1f2d47',
  neutral: '#b4c3cd',
  neutralSoft: '#26313a',
  actual: '#c9d5dd',
  forecast: '#52b3cb',
  band: 'rgba(82, 179, 203, 0.2)',
  grid: '#27323a',
  axis: '#9db0bd',
  missing: '#222c34',
  series1: '#52b3cb',
  series2: '#f0a63f',
  series3: '#b695ee',
  series4: '#78c681',
  series5: '#ee84a8',
  series6: '#86aef5',
  series7: '#cfa27a',
  series8: '#a3b2bd',
  heat0: '#162028',
  heat1: '#173f52',
  heat2: '#1b6c80',
  heat3: '#3fa294',
  heat4: '#a5cd80',
  heat5: '#fbe48a',
  shadow: '0 1px 2px rgba(0, 0, 0, 0.3), 0 4px 16px rgba(0, 0, 0, 0.2)',
};

export const tokens: Readonly<Record<'light' | 'dark', Tokens>> = { light, dark };

/** `borderStrong` -> `--vc-border-strong`, `series1` -> `--vc-series-1` */
export const cssName = (name: string): string =>
  `--vc-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`).replace(/(\d+)$/, '-$1')}`;

export const cssVariables = (set: Tokens): Record<string, string> =>
  Object.fromEntries(Object.entries(set).map(([name, value]) => [cssName(name), value]));

/** Eight colours that stay apart for colour-blind readers as well; the ninth series starts over. */
export const seriesColor = (set: Tokens, index: number): string =>
  set[`series${(index % 8) + 1}` as TokenName];

/** From low to high. */
export const heatStops = (set: Tokens): readonly string[] => [
  set.heat0,
  set.heat1,
  set.heat2,
  set.heat3,
  set.heat4,
  set.heat5,
];
