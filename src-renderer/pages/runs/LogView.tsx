/** @file The run's log: only the lines in sight are drawn; follows the end until the reader scrolls up. */
import { Button, Checkbox, CopyButton, Group, Select } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconArrowDown, IconCopy } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { stepIds } from '../../../src-preload/contract/runs.ts';
import { stepName } from '../../../src-preload/contract/step-names.ts';
import type { LogLine, StepId } from '../../../src-preload/contract/index.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { levels, shownLines } from './log-lines.ts';
import type { Level } from './log-lines.ts';
import classes from './logs.module.css';

const lineHeight = 22;

export function LogView({
  lines,
  modelType,
  step,
  onStep,
  live,
}: {
  readonly lines: readonly LogLine[];
  readonly modelType: string;
  readonly step: StepId | null;
  readonly onStep: (step: StepId | null) => void;
  readonly live: boolean;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  const nameOf = (id: StepId): string => t(`common:step.${stepName(id, modelType)}`);
  const [level, setLevel] = useState<Level>('info');
  const [attempt, setAttempt] = useState<number | null>(null);
  const [follow, setFollow] = useState(live);
  const box = useRef<HTMLDivElement>(null);
  const attempts = useMemo(() => [...new Set(lines.map((line) => line.attempt))], [lines]);
  const shown = useMemo(() => shownLines(lines, level, step, attempt), [lines, level, step, attempt]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 20,
    getItemKey: (index) => shown[index].seq,
  });
  const count = shown.length;
  useEffect(() => {
    if (follow && count > 0) virtual.scrollToIndex(count - 1, { align: 'end' });
  }, [follow, count, virtual]);

  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    const atEnd = scrollHeight - scrollTop - clientHeight < lineHeight * 2;
    if (follow && !atEnd && virtual.scrollDirection === 'backward') setFollow(false);
  };
  const text = (): string =>
    shown.map((line) => `${new Date(line.at).toISOString()} ${line.level} ${line.message}`).join('\n');

  return (
    <SectionCard
      title={t('logs.title')}
      hint={t('logs.count', { count })}
      actions={
        <Group gap="xs">
          <Select
            aria-label={t('logs.step')}
            placeholder={t('logs.allSteps')}
            data={stepIds.map((id) => ({ value: id, label: nameOf(id) }))}
            value={step}
            onChange={(value) => onStep(value as StepId | null)}
            clearable
            size="xs"
            w={170}
          />
          <Select
            aria-label={t('logs.level')}
            data={levels.map((name) => ({ value: name, label: t(`logs.from.${name}`) }))}
            value={level}
            onChange={(value) => setLevel((value ?? 'info') as Level)}
            allowDeselect={false}
            size="xs"
            w={170}
          />
          {attempts.length > 1 ? (
            <Select
              aria-label={t('logs.attempt')}
              placeholder={t('logs.allAttempts')}
              data={attempts.map((n) => ({ value: String(n), label: t('attempt', { attempt: n }) }))}
              value={attempt === null ? null : String(attempt)}
              onChange={(value) => setAttempt(value === null ? null : Number(value))}
              clearable
              size="xs"
              w={140}
            />
          ) : null}
          <CopyButton value="">
            {({ copied }) => (
              <Button
                size="xs"
                variant="default"
                leftSection={<IconCopy size={14} aria-hidden />}
                onClick={() => void navigator.clipboard?.writeText(text())}
              >
                {copied ? t('common:action.copied') : t('common:action.copy')}
              </Button>
            )}
          </CopyButton>
          {live ? (
            <Checkbox
              size="xs"
              label={t('logs.follow')}
              checked={follow}
              onChange={(event) => setFollow(event.currentTarget.checked)}
            />
          ) : null}
        </Group>
      }
    >
      <div className={classes['frame']}>
        <div
          ref={box}
          className={classes['box']}
          onScroll={onScroll}
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label={t('logs.title')}
        >
          {count === 0 ? (
            <p className={classes['none']}>{lines.length === 0 ? t('logs.none') : t('logs.noneHere')}</p>
          ) : (
            <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
              {virtual.getVirtualItems().map((item) => {
                const line = shown[item.index];
                return (
                  <div
                    key={item.key}
                    ref={virtual.measureElement}
                    data-index={item.index}
                    data-level={line.level}
                    className={classes['line']}
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <span className={classes['at']}>{format.time(line.at, undefined, true)}</span>
                    <span className={classes['level']}>{line.level}</span>
                    <span className={classes['step']}>{line.step ? nameOf(line.step) : ''}</span>
                    <span className={classes['message']}>{line.message}</span>
                  </div>
                );
              })}
            </div>
          )}
        </div>
        {live && !follow && count > 0 ? (
          <Button
            size="compact-sm"
            className={classes['jump']}
            leftSection={<IconArrowDown size={14} aria-hidden />}
            onClick={() => setFollow(true)}
          >
            {t('logs.toEnd')}
          </Button>
        ) : null}
      </div>
    </SectionCard>
  );
}
