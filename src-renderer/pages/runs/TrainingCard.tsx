/** @file The training curve in its card. */
import { useTranslation } from 'react-i18next';
import { TrainingCurve } from '../../charts/CurveTraining.tsx';
import type { Curves } from '../../stores/runs-reduce.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';

export function TrainingCard({ curves }: { readonly curves: Curves }) {
  const { t } = useTranslation('runs');
  return (
    <SectionCard title={t('chart.training')} hint={t('chart.trainingHint')}>
      <TrainingCurve curves={curves} />
    </SectionCard>
  );
}
