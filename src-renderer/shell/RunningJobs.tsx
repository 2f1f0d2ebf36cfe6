/** @file What runs now, in one line on every screen, with the way to it. */
import { Popover, RingProgress, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { stepName } from '../../src-preload/contract/step-names.ts';
import { toHash } from '../stores/router.ts';
import { activeRuns, useRuns } from '../stores/runs.ts';
import { ProgressWithEta } from '../widgets/ProgressWithEta.tsx';
import { StatusTag } from '../widgets/StatusTag.tsx';
import classes from './shell.module.css';

const shown = 6;

export function RunningJobs() {
  const { t } = useTranslation('common');
  const [opened, { toggle, close }] = useDisclosure(false);
  const byId = useRuns((state) => state.byId);
  const active = useMemo(() => activeRuns(byId), [byId]);
  const running = active.filter((run) => run.status === 'running');
  const fraction =
    active.length === 0 ? 0 : active.reduce((sum, run) => sum + run.fraction, 0) / active.length;

  return (
    <Popover
      opened={opened}
      onClose={close}
      onDismiss={close}
      position="bottom-end"
      shadow="md"
      width={340}
      trapFocus
    >
      <Popover.Target>
        <UnstyledButton
          className={classes['jobs']}
          onClick={toggle}
          data-busy={active.length > 0}
          aria-expanded={opened}
        >
          {active.length > 0 ? (
            <RingProgress
              size={22}
              thickness={3.5}
              roundCaps
              rootColor="var(--vc-border)"
              sections={[{ value: Math.max(4, fraction * 100), color: 'var(--vc-accent)' }]}
              aria-hidden
            />
          ) : (
            <span className={classes['idle']} aria-hidden />
          )}
          <span aria-live="polite">
            {active.length === 0
              ? t('jobs.none')
              : t('jobs.some', {
                  running: running.length,
                  waiting: active.length - running.length,
                  count: active.length,
                })}
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('jobs.label')}>
        {active.length === 0 ? (
          <p className={classes['jobsNone']}>{t('jobs.noneText')}</p>
        ) : (
          <ul className={classes['jobsList']}>
            {active.slice(0, shown).map((run) => (
              <li key={run.id}>
                <a href={toHash('runs', run.id)} onClick={close} className={classes['jobsName']}>
                  <span>{run.recipe}</span>
                  <StatusTag status={run.status} />
                </a>
                {run.status === 'running' ? (
                  <ProgressWithEta
                    label={run.recipe}
                    fraction={run.fraction}
                    etaMs={run.etaMs}
                    message={run.currentStep ? t(`step.${stepName(run.currentStep, run.modelType)}`) : null}
                  />
                ) : null}
              </li>
            ))}
          </ul>
        )}
        <a href={toHash('runs')} onClick={close} className={classes['jobsAll']}>
          {t('jobs.all')}
        </a>
      </Popover.Dropdown>
    </Popover>
  );
}
