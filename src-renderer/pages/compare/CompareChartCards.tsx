/** @file Compared runs in pictures; lines can be switched off where many overlap. */
import { Chip, Group, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Comparison } from '../../../src-preload/contract/index.ts';
import { CompareBacktest, CompareLeadChart, CompareWeekChart } from '../../charts/CompareCharts.tsx';
import { WeekHeatmap } from '../../charts/RunHeatmap.tsx';
import { useDatasets } from '../../stores/datasets.ts';
import { valueOf } from '../../stores/resource.ts';
import { isoDurationMs } from '../../widgets/format.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useCompared } from './use-compared.ts';
import classes from './compare.module.css';

/** more lines at once are a tangle; the others are a click away */
const shownAtFirst = 5;

export function CompareChartCards({ comparison }: { readonly comparison: Comparison }) {
  const { t } = useTranslation('compare');
  const compared = useCompared(comparison.runs);
  const withPictures = useMemo(
    () => compared.filter((run) => comparison.diagnostics.some((item) => item.runId === run.id)),
    [compared, comparison],
  );
  const [off, setOff] = useState<ReadonlySet<string>>(
    () => new Set(withPictures.slice(shownAtFirst).map((run) => run.id)),
  );
  const [weekView, setWeekView] = useState<'lines' | 'maps'>('lines');
  const dataset = comparison.runs[0]?.dataset;
  const version = useDatasets(
    (all) => valueOf(all.list)?.find((item) => item.name === dataset)?.latest ?? null,
  );
  const shown = useMemo(() => withPictures.filter((run) => !off.has(run.id)), [withPictures, off]);
  const diagnostics = useMemo(
    () => shown.map((run) => comparison.diagnostics.find((item) => item.runId === run.id)!),
    [shown, comparison],
  );
  if (withPictures.length === 0) return null;
  const ms = version ? isoDurationMs(version.frequency) : Number.NaN;
  const unit = comparison.runs[0]?.unit ?? null;
  const common = { diagnostics, runs: shown, unit };
  return (
    <>
      <Group gap="xs" role="group" aria-label={t('chart.lines')}>
        {withPictures.map((run) => (
          <Chip
            key={run.id}
            size="xs"
            variant="outline"
            checked={!off.has(run.id)}
            onChange={(on) =>
              setOff((before) => {
                const next = new Set(before);
                if (on) next.delete(run.id);
                else next.add(run.id);
                return next;
              })
            }
          >
            <span className={classes['chipDot']} style={{ background: run.color }} aria-hidden />
            {run.label}
          </Chip>
        ))}
      </Group>
      <SectionCard title={t('chart.backtest')} hint={t('chart.backtestHint')}>
        <CompareBacktest {...common} zone={version?.timezone ?? 'UTC'} />
      </SectionCard>
      <div className={classes['grid2']}>
        <SectionCard title={t('chart.lead')} hint={t('chart.leadHint')}>
          <CompareLeadChart {...common} stepMs={Number.isNaN(ms) ? null : ms} />
        </SectionCard>
        <SectionCard
          title={t('chart.week')}
          hint={t('chart.weekHint')}
          actions={
            <SegmentedControl
              size="xs"
              aria-label={t('chart.weekView')}
              data={[
                { value: 'lines', label: t('chart.asLines') },
                { value: 'maps', label: t('chart.asMaps') },
              ]}
              value={weekView}
              onChange={(value) => setWeekView(value as 'lines' | 'maps')}
            />
          }
        >
          {weekView === 'lines' ? (
            <CompareWeekChart {...common} />
          ) : (
            <div className={classes['maps']}>
              {shown.map((run, i) => (
                <div key={run.id}>
                  <h3 className={classes['mapTitle']}>{run.label}</h3>
                  <WeekHeatmap
                    values={diagnostics[i].byHourOfWeek.mae}
                    unit={unit}
                    caption={t('chart.mapLabel', { name: run.label })}
                  />
                </div>
              ))}
            </div>
          )}
        </SectionCard>
      </div>
    </>
  );
}
