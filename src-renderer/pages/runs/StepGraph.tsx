/** @file The ten steps of a run, left to right: state, time, what was reused, where it broke. A click leads to the step's log. */
import { Tooltip, VisuallyHidden } from '@mantine/core';
import {
  IconCheck,
  IconMinus,
  IconPlayerPause,
  IconRefresh,
  IconRotateClockwise2,
  IconX,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { StepId, StepStatus, StepView } from '../../../src-preload/contract/index.ts';
import { stepName } from '../../../src-preload/contract/step-names.ts';
import { errorTextNow } from '../../widgets/error-text.ts';
import { statusTone } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './steps.module.css';

const icons: Readonly<Record<StepStatus, typeof IconCheck | null>> = {
  pending: null,
  running: IconRefresh,
  succeeded: IconCheck,
  reused: IconRotateClockwise2,
  failed: IconX,
  cancelled: IconMinus,
  interrupted: IconPlayerPause,
  skipped: IconMinus,
};

export function StepGraph({
  steps,
  modelType,
  selected,
  onSelect,
}: {
  readonly steps: readonly StepView[];
  readonly modelType: string;
  readonly selected: StepId | null;
  readonly onSelect: (step: StepId) => void;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  return (
    <ol className={classes['steps']} aria-label={t('steps')}>
      {steps.map((step, i) => {
        const name = t(`common:step.${stepName(step.id, modelType)}`);
        const Icon = icons[step.status];
        const time = timeOf(step, t('common:status.reused'), format.duration, (share) =>
          format.percent(share, 0),
        );
        return (
          <li
            key={step.id}
            className={classes['step']}
            data-status={step.status}
            data-tone={statusTone(step.status)}
          >
            {i > 0 ? <span className={classes['line']} aria-hidden /> : null}
            <Tooltip
              label={
                (step.error ? errorTextNow(step.error).message : null) ??
                step.message ??
                t('stepLogs', { step: name })
              }
              multiline
              maw={340}
              events={{ hover: true, focus: true, touch: false }}
            >
              <button
                type="button"
                className={classes['button']}
                aria-pressed={selected === step.id}
                onClick={() => onSelect(step.id)}
              >
                <span
                  className={classes['dot']}
                  data-spin={step.status === 'running' || undefined}
                  aria-hidden
                >
                  {Icon ? <Icon size={14} stroke={2.4} aria-hidden /> : i + 1}
                </span>
                <span className={classes['name']}>{name}</span>
                {step.status === 'reused' ? null : (
                  <VisuallyHidden>{t(`common:status.${step.status}`)}</VisuallyHidden>
                )}
                <span className={classes['time']}>{time ?? '\u00a0'}</span>
              </button>
            </Tooltip>
          </li>
        );
      })}
    </ol>
  );
}

function timeOf(
  step: StepView,
  reused: string,
  duration: (ms: number) => string,
  percent: (share: number) => string,
): string | null {
  if (step.status === 'reused') return reused;
  if (step.status === 'running') return step.fraction === null ? null : percent(step.fraction);
  return step.durationMs === null ? null : duration(step.durationMs);
}
