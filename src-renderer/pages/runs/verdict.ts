/** @file The verdict on a run as a sentence in the user's language. */
import { useTranslation } from 'react-i18next';
import type { RunSummary } from '../../../src-preload/contract/index.ts';
import { verdictOf } from '../../charts/run-shapes.ts';
import { useFormat } from '../../widgets/use-format.ts';

/** @returns null where there is nothing to say */
export function useVerdict(): (run: RunSummary) => string | null {
  const { t } = useTranslation('runs');
  const format = useFormat();
  return (run) => {
    if (run.status !== 'succeeded') return null;
    const verdict = verdictOf(run);
    switch (verdict.kind) {
      case 'unknown':
        return null;
      case 'baseline':
        return t('verdict.baseline');
      case 'same':
        return t('verdict.same', { baseline: t(`baseline.${verdict.baseline}`) });
      case 'better':
      case 'worse':
        return t(`verdict.${verdict.kind}`, {
          share: format.percent(verdict.share, verdict.share < 0.1 ? 1 : 0),
          baseline: t(`baseline.${verdict.baseline}`),
        });
    }
  };
}
