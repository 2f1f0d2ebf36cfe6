/** @file Why one prediction is what it is: choose the moment, see the contributions. */
import { ActionIcon, Select, Skeleton } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Explanation } from '../../../src-preload/contract/index.ts';
import { ExplainWaterfall } from '../../charts/ExplainWaterfall.tsx';
import { digitsOf, momentsByDay } from '../../charts/explain-shapes.ts';
import classes from '../../charts/explain.module.css';
import { valueOf } from '../../stores/resource.ts';
import { useCall } from '../../stores/use-call.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';

const backtest = 'backtest';

export function ExplainMoment({ explanation }: { readonly explanation: Explanation }) {
  const { t } = useTranslation('explain');
  const format = useFormat();
  const { runId, timezone: zone, moments, unit } = explanation;
  const [forecasts] = useCall('forecasts.list', { runId });
  const list = valueOf(forecasts) ?? [];
  const [chosenSource, setSource] = useState<string | null>(null);
  // a forecast is what people ask about; without one the backtest has predictions enough
  const source = chosenSource ?? list[0]?.id ?? backtest;
  const [forecast] = useCall('forecasts.get', source === backtest ? null : { id: source });
  const [chosen, setChosen] = useState<number | null>(null);

  const rows = source === backtest ? null : valueOf(forecast)?.rows;
  const times = useMemo(
    () =>
      rows?.map((row) => row.t) ??
      Array.from(
        { length: Math.round((moments.to - moments.from) / moments.stepMs) + 1 },
        (_, i) => moments.from + i * moments.stepMs,
      ),
    [rows, moments],
  );
  const days = useMemo(() => momentsByDay(times, format, zone), [times, format, zone]);
  const evening = times.findLast((time) => format.time(time, zone).startsWith('18'));
  const at = chosen !== null && times.includes(chosen) ? chosen : (evening ?? times.at(-1) ?? moments.to);
  const ready = forecasts.status !== 'loading' && (source === backtest || rows !== undefined);
  const [answer, reload] = useCall(
    'runs.explainStep',
    ready ? { id: runId, t: at, ...(source === backtest ? {} : { forecastId: source }) } : null,
  );
  const step = valueOf(answer);
  const day = days.find((entry) => entry.times.some((time) => time.t === at)) ?? days[0];
  const index = times.indexOf(at);
  const move = (by: number): void => setChosen(times[Math.min(times.length - 1, Math.max(0, index + by))]);

  const pickDay = (name: string | null): void => {
    const next = days.find((entry) => entry.day === name);
    const clock = format.time(at, zone);
    const same = next?.times.find((time) => time.label === clock) ?? next?.times[0];
    if (same) setChosen(same.t);
  };
  const difference = step ? step.predicted - step.expected : 0;
  const digits = step ? digitsOf(step.predicted, step.expected) : 2;
  return (
    <SectionCard title={t('moment.title')} hint={t('moment.hint')}>
      <div className={classes['controls']}>
        {list.length > 0 ? (
          <Select
            label={t('moment.source')}
            size="xs"
            w={230}
            allowDeselect={false}
            value={source}
            onChange={setSource}
            data={[
              ...list.slice(0, 20).map((entry) => ({
                value: entry.id,
                label: t('moment.forecast', { when: format.dateTime(entry.issuedAt) }),
              })),
              { value: backtest, label: t('moment.backtest') },
            ]}
          />
        ) : null}
        <Select
          label={t('moment.day')}
          size="xs"
          w={150}
          searchable
          allowDeselect={false}
          value={day?.day ?? null}
          onChange={pickDay}
          data={days.map((entry) => entry.day)}
        />
        <Select
          label={t('moment.time')}
          size="xs"
          w={100}
          searchable
          allowDeselect={false}
          value={String(at)}
          onChange={(value) => setChosen(Number(value))}
          data={(day?.times ?? []).map((time) => ({ value: String(time.t), label: time.label }))}
        />
        <ActionIcon.Group>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t('moment.earlier')}
            disabled={index <= 0}
            onClick={() => move(-1)}
          >
            <IconChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t('moment.later')}
            disabled={index >= times.length - 1}
            onClick={() => move(1)}
          >
            <IconChevronRight size={16} />
          </ActionIcon>
        </ActionIcon.Group>
      </div>
      {answer.status === 'failed' ? <ErrorState error={answer.error} onRetry={reload} /> : null}
      {step ? (
        <div
          aria-busy={answer.status === 'loading'}
          style={{ opacity: answer.status === 'loading' ? 0.6 : 1 }}
        >
          <p className={classes['sentence']} aria-live="polite">
            {t('moment.summary', {
              when: format.dateTime(step.t, zone),
              predicted: format.unit(step.predicted, unit, digits),
              difference: `${difference > 0 ? '+' : ''}${format.unit(difference, unit, digits)}`,
              expected: format.unit(step.expected, unit, digits),
            })}{' '}
            {step.actual === null
              ? ''
              : `${t('moment.actual', { actual: format.unit(step.actual, unit, digits) })} `}
            {t('moment.from', { origin: format.dateTime(step.origin, zone) })}
          </p>
          <ExplainWaterfall step={step} stepMs={moments.stepMs} />
        </div>
      ) : answer.status === 'failed' ? null : (
        <Skeleton height={280} radius="md" />
      )}
    </SectionCard>
  );
}
