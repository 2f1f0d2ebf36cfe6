/** @file One run in the table. Drawn anew only when its own figures change. */
import { Checkbox, Progress } from '@mantine/core';
import { IconCrown } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunSummary } from '../../../src-preload/contract/index.ts';
import { isOver } from '../../../src-preload/contract/runs.ts';
import { stepName } from '../../../src-preload/contract/step-names.ts';
import { navigate, toHash } from '../../stores/router.ts';
import { errorTextNow } from '../../widgets/error-text.ts';
import { StatusTag, Tag } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { modelName } from './names.ts';
import classes from './runs.module.css';

/** Within a twentieth of a per cent of the baseline is neither good nor bad. */
const skillTone = (skill: number | null): 'good' | 'bad' | undefined =>
  skill === null || Math.abs(skill) < 0.0005 ? undefined : skill > 0 ? 'good' : 'bad';

export const RunRow = memo(function RunRow({
  run,
  title,
  index,
  selected,
  now,
  onToggle,
}: {
  readonly run: RunSummary;
  readonly title: string;
  /** row of the whole table, the head is 1 */
  readonly index: number;
  readonly selected: boolean;
  readonly now: number;
  readonly onToggle: (id: string) => void;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  const model = modelName(t, run.modelType);
  const duration =
    run.durationMs ??
    (run.startedAt !== null && !isOver(run.status) ? Math.max(0, now - run.startedAt) : null);
  return (
    <tr
      aria-rowindex={index}
      aria-selected={selected}
      data-selected={selected}
      className={classes['row']}
      onClick={(event) => {
        // anywhere on the row; links, boxes and marked text keep their own meaning
        if ((event.target as HTMLElement).closest('a, label, input, button')) return;
        if (window.getSelection()?.isCollapsed === false) return;
        navigate('runs', run.id);
      }}
    >
      <td className={classes['check']}>
        <Checkbox
          size="xs"
          aria-label={t('select', { name: title })}
          checked={selected}
          onChange={() => onToggle(run.id)}
        />
      </td>
      <td>
        <div className={classes['name']}>
          <a href={toHash('runs', run.id)} title={title}>
            {title}
          </a>
          {run.champion ? (
            <Tag tone="warn" icon={<IconCrown size={12} aria-hidden />}>
              {t('champion')}
            </Tag>
          ) : null}
          {run.thresholdsMet === false ? <Tag tone="bad">{t('thresholdsMissed')}</Tag> : null}
        </div>
        <div className={classes['sub']}>
          {[
            model === title ? null : model,
            run.experiment,
            run.experiment === run.dataset ? null : run.dataset,
            run.attempt > 1 ? t('attempt', { attempt: run.attempt }) : null,
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
      </td>
      <td>
        <RunState run={run} />
      </td>
      <td data-right>{format.metric('mae', run.metrics?.mae, run.unit)}</td>
      <td data-right>{format.metric('rmse', run.metrics?.rmse, run.unit)}</td>
      <td data-right>{format.metric('wape', run.metrics?.wape)}</td>
      <td data-right data-tone={skillTone(run.skill)}>
        <span className={classes['tinted']}>{format.metric('skill', run.skill)}</span>
      </td>
      <td data-right>{format.duration(duration)}</td>
      <td data-right className={classes['quiet']} title={format.dateTime(run.startedAt ?? run.createdAt)}>
        {format.ago(run.startedAt ?? run.createdAt, now)}
      </td>
    </tr>
  );
});

function RunState({ run }: { readonly run: RunSummary }) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  const step = run.currentStep ? t(`common:step.${stepName(run.currentStep, run.modelType)}`) : null;
  switch (run.status) {
    case 'running':
      return (
        <div className={classes['running']}>
          <div className={classes['state']}>
            <StatusTag status="running" />
            <span className={classes['sub']}>{step}</span>
          </div>
          <div className={classes['bar']}>
            <Progress
              size={4}
              flex={1}
              value={run.fraction * 100}
              aria-label={t('progress.of', { step: step ?? '' })}
            />
            <span>
              {run.etaMs !== null && run.etaMs > 0
                ? t('common:progress.left', { time: format.duration(run.etaMs) })
                : format.percent(run.fraction, 0)}
            </span>
          </div>
        </div>
      );
    case 'failed':
    case 'interrupted':
      return (
        <div>
          <div className={classes['state']}>
            <StatusTag status={run.status} />
            {step ? <span className={classes['sub']}>{t('atStep', { step })}</span> : null}
          </div>
          {run.error ? (
            <div className={classes['error']} title={run.error.message}>
              {errorTextNow(run.error).message}
            </div>
          ) : null}
        </div>
      );
    case 'queued':
    case 'succeeded':
    case 'cancelled':
      return <StatusTag status={run.status} />;
  }
}
