/** @file The compared runs with name and colour, for the components of this page. */
import { useMemo } from 'react';
import type { RunSummary } from '../../../src-preload/contract/index.ts';
import type { ComparedRun } from '../../charts/CompareCharts.tsx';
import { useRecipeTitle } from '../../stores/recipes.ts';
import { seriesColor } from '../../theme/tokens.ts';
import { useTokens } from '../../theme/use-tokens.ts';
import { labelled } from './compared.ts';

export function useCompared(runs: readonly RunSummary[]): readonly ComparedRun[] {
  const titleOf = useRecipeTitle();
  const tokens = useTokens();
  return useMemo(() => labelled(runs, titleOf, (i) => seriesColor(tokens, i)), [runs, titleOf, tokens]);
}
