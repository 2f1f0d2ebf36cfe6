/** @file The first screen anybody sees: one thing to do, and what comes after it. */
import { Button, Group } from '@mantine/core';
import { IconChartAreaLine, IconFileImport, IconPlayerPlay, IconSparkles } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useReadOnly } from '../../stores/app.ts';
import { importFlow } from '../../stores/import-flow.ts';
import classes from './data.module.css';
import { FileChoice } from './FileChoice.tsx';

/** A load curve that opens into a forecast: the promise in one picture. */
function Art() {
  return (
    <svg viewBox="0 0 560 150" className={classes['art']} aria-hidden>
      <path
        d="M372 78c14-20 22-44 34-44s18 30 32 30 20-40 34-40 22 36 38 36 22-30 42-34v92c-20 2-26 6-42 6s-24-4-38-4-20 10-34 10-20-6-32-6-20-16-34-46z"
        fill="var(--vc-band)"
      />
      <path
        d="M372 78c14-12 22-22 34-22s18 26 32 26 20-30 34-30 22 28 38 28 22-16 42-18"
        fill="none"
        stroke="var(--vc-forecast)"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray="1 7"
      />
      <path
        d="M8 118c16 0 18-8 26-8s10-76 24-76 14 20 24 20 12-14 22-14 14 74 26 74 12-4 22-4 12-72 24-72 12 16 22 16 14-14 24-14 14 70 26 70 12-4 20-4 12-60 24-60 12 14 22 14 14-12 22-12 14 62 24 62 12-34 32-34"
        fill="none"
        stroke="var(--vc-actual)"
        strokeWidth="2.500"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <line x1="372" x2="372" y1="10" y2="140" stroke="var(--vc-border-strong)" strokeDasharray="3 5" />
      <circle
        cx="372"
        cy="78"
        r="5"
        fill="var(--vc-surface)"
        stroke="var(--vc-forecast)"
        strokeWidth="2.500"
      />
    </svg>
  );
}

const steps = [
  ['import', IconFileImport],
  ['train', IconPlayerPlay],
  ['forecast', IconChartAreaLine],
] as const;

export function FirstStart() {
  const { t } = useTranslation('data');
  const readOnly = useReadOnly();
  return (
    <div className={classes['first']}>
      <h1 className={classes['firstTitle']}>{t('first.title')}</h1>
      <p className={classes['firstText']}>{t('first.text')}</p>
      <div className={classes['dropZone']}>
        <Art />
        <p className={classes['dropText']}>
          <strong>{t('first.drop')}</strong>
          <span>{t('first.formats')}</span>
        </p>
        <Group justify="center" gap="sm">
          <FileChoice size="md" />
          <Button
            size="md"
            variant="default"
            leftSection={<IconSparkles size={18} />}
            disabled={readOnly}
            onClick={() => void importFlow.getState().sample()}
          >
            {t('import.sample')}
          </Button>
        </Group>
        <p className={classes['dropNote']}>{t('first.sampleNote')}</p>
      </div>
      <ol className={classes['firstSteps']}>
        {steps.map(([name, Icon], i) => (
          <li key={name}>
            <span className={classes['firstIcon']} aria-hidden>
              <Icon size={20} stroke={1.7} />
            </span>
            <div>
              <h2>
                {i + 1}. {t(`first.steps.${name}.title`)}
              </h2>
              <p>{t(`first.steps.${name}.text`)}</p>
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
