/** @file What was missing, what was repaired, and which versions there are. */
import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { valueOf } from '../../stores/resource.ts';
import { useCall } from '../../stores/use-call.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { isoDurationMs } from '../../widgets/format.ts';
import { Metric, MetricRow } from '../../widgets/Metric.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { Tag } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './data.module.css';
import type { DatasetDetail } from './DatasetView.tsx';
import { otherWarnings } from './import-view.ts';
import { WarningItem } from './WarningText.tsx';

interface Props {
  readonly detail: DatasetDetail;
}

const fewGaps = 5;

export function QualityCard({ detail }: Props) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const [all, setAll] = useState(false);
  const { profile } = detail;
  const stepMs = isoDurationMs(detail.frequency);
  const longest = profile.gaps.toSorted((a, b) => b.steps - a.steps);
  const gaps = all ? longest : longest.slice(0, fewGaps);
  return (
    <SectionCard title={t('quality.title')}>
      <MetricRow>
        <Metric size="sm" label={t('quality.gaps')}>
          {format.integer(profile.gaps.length)}
        </Metric>
        <Metric size="sm" label={t('quality.missing')}>
          {format.integer(profile.gapSteps)}
        </Metric>
        <Metric size="sm" label={t('quality.duplicates')}>
          {format.integer(profile.duplicates)}
        </Metric>
      </MetricRow>
      {gaps.length > 0 ? (
        <ul className={classes['list']} style={{ marginTop: '0.9rem' }}>
          {gaps.map((gap) => (
            <li key={gap.from}>
              <div className={classes['listHead']}>
                <span>{format.dateTime(gap.from, detail.timezone)}</span>
                <span className={classes['quiet']}>
                  {t('quality.steps', { count: gap.steps, duration: format.duration(gap.steps * stepMs) })}
                </span>
              </div>
            </li>
          ))}
        </ul>
      ) : null}
      {longest.length > fewGaps ? (
        <Button variant="subtle" size="compact-xs" mt="xs" onClick={() => setAll(!all)}>
          {t(all ? 'common:action.showLess' : 'common:action.showAll')}
        </Button>
      ) : null}
    </SectionCard>
  );
}

export function WarningsCard({ detail }: Props) {
  const { t } = useTranslation('data');
  const warnings = otherWarnings(detail.warnings, detail.columns);
  if (warnings.length === 0) return null;
  return (
    <SectionCard title={t('import.warnings')}>
      <ul className={classes['list']}>
        {warnings.map((warning, i) => (
          <li key={i}>
            <WarningItem warning={warning} />
          </li>
        ))}
      </ul>
    </SectionCard>
  );
}

export function RepairsCard({ detail }: Props) {
  const { t } = useTranslation('data');
  const format = useFormat();
  if (detail.repairs.length === 0) return null;
  return (
    <SectionCard title={t('repair.title')} hint={t('repair.hint')}>
      <ul className={classes['list']}>
        {detail.repairs.map((repair) => (
          <li key={`${repair.code}/${repair.column ?? ''}`}>
            <div className={classes['listHead']}>
              <span>{t(`repair.${repair.code}`, { defaultValue: repair.title })}</span>
              <Tag tone={repair.applied ? 'good' : 'neutral'}>
                {t(repair.applied ? 'repair.applied' : 'repair.notApplied')}
              </Tag>
            </div>
            <p>{repair.message}</p>
            {repair.effect ? (
              <p className="vc-figures">
                {repair.effect.figure}: {format.number(repair.effect.before)}{' '}
                <IconArrowRight size={12} aria-label={t('repair.becomes')} />{' '}
                <strong>{format.number(repair.effect.after)}</strong>
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </SectionCard>
  );
}

export function VersionsCard({
  detail,
  onVersion,
}: Props & { readonly onVersion: (version: number) => void }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  const [state, reload] = useCall('datasets.versions', { dataset: detail.dataset });
  const versions = (valueOf(state) ?? []).toSorted((a, b) => b.version - a.version);
  return (
    <SectionCard title={t('versions.title')} hint={t('versions.hint')}>
      {state.status === 'failed' ? <ErrorState error={state.error} onRetry={reload} /> : null}
      <ul className={classes['list']}>
        {versions.map((version) => (
          <li key={version.version}>
            <div className={classes['listHead']}>
              <span>{t('versions.version', { version: version.version })}</span>
              {version.version === detail.version ? (
                <Tag tone="accent">{t('versions.shown')}</Tag>
              ) : (
                <Button size="compact-xs" variant="default" onClick={() => onVersion(version.version)}>
                  {t('common:action.show')}
                </Button>
              )}
            </div>
            <p>
              {t('versions.text', {
                date: format.dateTime(version.importedAt),
                rows: format.integer(version.rows),
                range: format.dateRange(version.start, version.end, version.timezone),
              })}{' '}
              <code title={version.contentHash}>{version.contentHash.slice(0, 10)}</code>
            </p>
          </li>
        ))}
      </ul>
    </SectionCard>
  );
}
