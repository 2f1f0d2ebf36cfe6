/** @file The tokens of the scheme in use, for canvas and SVG charts that need plain colours. */
import { useComputedColorScheme } from '@mantine/core';
import { tokens } from './tokens.ts';
import type { Tokens } from './tokens.ts';

export const useTokens = (): Tokens =>
  tokens[useComputedColorScheme('light', { getInitialValueInEffect: false })];
