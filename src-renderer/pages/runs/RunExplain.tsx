/** @file What drives a model: importances, the way values act, the effect of one input, and why one value is what it is. */
import { Button, Loader, SegmentedControl, Select, Stack } from '@mantine/core';
import { IconBulb, IconBulbOff } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Explanation, ImportanceKind, RunDetail } from '../../../src-preload/contract/index.ts';
import { ExplainDependence } from '../../charts/ExplainDependence.tsx';
import { ExplainSwarm } from '../../charts/ExplainSwarm.tsx';
import { featureName, importanceBars, kindsOf } from '../../charts/explain-shapes.ts';
import bars from '../../charts/curve-style.module.css';
import classes from '../../charts/explain.module.css';
import { call } from '../../stores/client.ts';
import { valueOf } from '../../stores/resource.ts';
import { useCall } from '../../stores/use-call.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { decimalsFor } from '../../widgets/format.ts';
import { useFormat } from '../../widgets/use-format.ts';
import { ExplainMoment } from './ExplainMoment.tsx';
import page from './runs.module.css';

export function RunExplain({ run }: { readonly run: RunDetail }) {
  const { t } = useTranslation('explain');
  const [resource, reload] = useCall('runs.explain', run.status === 'succeeded' ? { id: run.id } : null);
  if (run.status !== 'succeeded')
    return (
      <SectionCard>
        <EmptyState art={<IconBulb size={40} stroke={1.3} />} title={t('notYet')}>
          {t('notYetText')}
        </EmptyState>
      </SectionCard>
    );
  const explanation = valueOf(resource);
  if (resource.status === 'failed' && resource.error.code === 'explain-cancelled')
    return (
      <SectionCard>
        <EmptyState title={t('cancelled')} action={<Button onClick={reload}>{t('compute')}</Button>}>
          {t('cancelledText')}
        </EmptyState>
      </SectionCard>
    );
  if (resource.status === 'failed') return <ErrorState error={resource.error} onRetry={reload} />;
  if (explanation === null)
    return (
      <SectionCard>
        <div role="status" aria-busy>
          <EmptyState
            art={<Loader type="dots" />}
            title={t('loading')}
            action={
              <Button variant="default" onClick={() => void call('runs.cancelExplain', { id: run.id })}>
                {t('cancel')}
              </Button>
            }
          >
            {t('loadingHint')}
          </EmptyState>
        </div>
      </SectionCard>
    );
  if (explanation.none !== null)
    return (
      <SectionCard>
        <EmptyState art={<IconBulbOff size={40} stroke={1.3} />} title={t('none.title')}>
          {t(`none.${explanation.none}`)}
        </EmptyState>
      </SectionCard>
    );
  return <Explained explanation={explanation} />;
}

function Explained({ explanation }: { readonly explanation: Explanation }) {
  const { t } = useTranslation('explain');
  const format = useFormat();
  const names = useMemo(
    () =>
      explanation.features.map((feature) =>
        featureName(t, format, feature.label, explanation.moments.stepMs),
      ),
    [explanation, t, format],
  );
  const { dependence, sample } = explanation;
  const [chosen, choose] = useState<number | null>(dependence[0]?.feature ?? null);
  const entry = dependence.find((item) => item.feature === chosen) ?? dependence[0];
  return (
    <Stack gap="md">
      <ExplainMoment explanation={explanation} />
      {explanation.link === 'identity' ? null : <p className={classes['note']}>{t('logScale')}</p>}
      <div className={page['grid2']}>
        <ImportanceCard explanation={explanation} names={names} />
        {entry ? (
          <SectionCard title={t('dependence.title')} hint={t('dependence.hint')}>
            <div className={classes['controls']}>
              <Select
                aria-label={t('dependence.input')}
                size="xs"
                w={320}
                maw="100%"
                allowDeselect={false}
                value={String(entry.feature)}
                onChange={(value) => choose(Number(value))}
                data={dependence.map((item) => ({ value: String(item.feature), label: names[item.feature] }))}
              />
            </div>
            <ExplainDependence explanation={explanation} entry={entry} name={names[entry.feature]} />
          </SectionCard>
        ) : null}
      </div>
      <SectionCard title={t('swarm.title')} hint={t('swarm.hint')}>
        <ExplainSwarm
          explanation={explanation}
          names={names}
          chosen={entry?.feature ?? null}
          onChoose={choose}
        />
      </SectionCard>
      <p className={classes['note']}>
        {t('sample', { rows: format.integer(sample.rows), of: format.integer(sample.of) })}
      </p>
    </Stack>
  );
}

/** Shown at once; the others have little say. */
const topBars = 12;

function ImportanceCard({
  explanation,
  names,
}: {
  readonly explanation: Explanation;
  readonly names: readonly string[];
}) {
  const { t } = useTranslation('explain');
  const format = useFormat();
  const kinds = kindsOf(explanation);
  const [kind, setKind] = useState<ImportanceKind>(kinds[0]);
  const rows = importanceBars(explanation, kind, topBars);
  const most = Math.max(...rows.map((row) => row.value), 1e-12);
  const { unit, mae } = explanation;
  // one precision for the whole list, that of its largest figure
  const digits = Math.min(6, decimalsFor(most));
  const figure = (value: number, deviation: number | null): string => {
    if (kind !== 'shap' && kind !== 'permutation') return format.percent(value);
    return deviation === null
      ? format.unit(value, unit, digits)
      : `${format.number(value, digits)} ± ${format.unit(deviation, unit, digits)}`;
  };
  return (
    <SectionCard
      title={t('importance.title')}
      hint={t(`importance.${kind}Hint`, { mae: format.unit(mae, unit) })}
    >
      <div className={classes['controls']}>
        <SegmentedControl
          size="xs"
          className={classes['kinds']}
          aria-label={t('importance.kind')}
          value={kind}
          onChange={(value) => setKind(value as ImportanceKind)}
          data={kinds.map((value) => ({ value, label: t(`importance.${value}`) }))}
        />
      </div>
      <ul className={bars['bars']}>
        {rows.map((row) => {
          const name = row.feature === null ? t('importance.more', { count: row.count }) : names[row.feature];
          return (
            <li
              key={name}
              className={bars['bar']}
              style={{ gridTemplateColumns: `minmax(6rem, 46%) 1fr ${kind === 'permutation' ? 9.5 : 5}rem` }}
            >
              <span className={bars['barName']} title={name}>
                {name}
              </span>
              <span className={bars['barTrack']} aria-hidden>
                <span
                  className={bars['barFill']}
                  style={{
                    display: 'block',
                    width: `${(row.value / most) * 100}%`,
                    opacity: row.feature === null ? 0.45 : 1,
                  }}
                />
              </span>
              <span className={bars['barFigure']}>{figure(row.value, row.deviation)}</span>
            </li>
          );
        })}
      </ul>
    </SectionCard>
  );
}
