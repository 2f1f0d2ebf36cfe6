/** @file "Combine the three best": shows which runs would be joined, and trains the ensemble of them. */
import { Button, Group, Modal, SegmentedControl, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Combinable } from '../../../src-preload/contract/index.ts';
import { useReadOnly } from '../../stores/app.ts';
import { call } from '../../stores/client.ts';
import { useRecipeTitle } from '../../stores/recipes.ts';
import { valueOf } from '../../stores/resource.ts';
import { navigate } from '../../stores/router.ts';
import { runsStore } from '../../stores/runs.ts';
import { useCall } from '../../stores/use-call.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { Notice } from '../../widgets/Notice.tsx';
import { notifyError, notifyGood } from '../../widgets/notify.ts';
import { useFormat } from '../../widgets/use-format.ts';
import { modelName } from '../runs/names.ts';
import classes from './compare.module.css';

const metrics = ['mae', 'rmse'] as const;
const combiners = ['ridge', 'lightgbm'] as const;
type Metric = (typeof metrics)[number];
type Combiner = (typeof combiners)[number];

export function CombineButton({ ids }: { readonly ids: readonly string[] }) {
  const { t } = useTranslation('compare');
  const readOnly = useReadOnly();
  const [open, setOpen] = useState(false);
  const tooFew = ids.length < 2;
  return (
    <>
      <Tooltip label={t('combine.tooFewCompared')} disabled={!tooFew} multiline maw={280}>
        <Button
          variant="default"
          leftSection={<IconStack2 size={16} aria-hidden />}
          disabled={readOnly || tooFew}
          onClick={() => setOpen(true)}
        >
          {t('combine.open')}
        </Button>
      </Tooltip>
      <CombineDialog opened={open} ids={ids} onClose={() => setOpen(false)} />
    </>
  );
}

function CombineDialog({
  opened,
  ids,
  onClose,
}: {
  readonly opened: boolean;
  readonly ids: readonly string[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation(['compare', 'common']);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('combine.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <Combine ids={ids} onClose={onClose} />
    </Modal>
  );
}

/** Mounted with the dialog, so that it asks for the runs as they are now. */
function Combine({ ids, onClose }: { readonly ids: readonly string[]; readonly onClose: () => void }) {
  const { t } = useTranslation(['compare', 'common']);
  const [metric, setMetric] = useState<Metric>('mae');
  const [combiner, setCombiner] = useState<Combiner>('ridge');
  const [busy, setBusy] = useState(false);
  const [resource, reload] = useCall('runs.combinable', { ids: [...ids], metric });
  const found = valueOf(resource);
  const members = found?.members ?? [];

  const start = async (): Promise<void> => {
    setBusy(true);
    try {
      const { runId } = await call('runs.combine', {
        ids: [...ids],
        metric,
        combiner,
        name: t('combine.name', { count: members.length, combiner: t(`combine.short.${combiner}`) }),
      });
      notifyGood(t('combine.started'));
      void runsStore.getState().load();
      onClose();
      navigate('runs', runId);
    } catch (thrown) {
      notifyError(t('combine.failed'), thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Stack gap="md">
      <Text size="sm">{t('combine.text')}</Text>
      <Group gap="lg" align="flex-end">
        <Choice
          label={t('combine.by')}
          value={metric}
          data={metrics.map((value) => ({ value, label: t(`common:metric.${value}`) }))}
          onChange={(value) => setMetric(value as Metric)}
        />
        <Choice
          label={t('combine.combiner')}
          value={combiner}
          data={combiners.map((value) => ({ value, label: t(`combine.short.${value}`) }))}
          onChange={(value) => setCombiner(value as Combiner)}
        />
      </Group>
      <Text size="xs" c="dimmed">
        {t(`combine.help.${combiner}`)}
      </Text>
      {resource.status === 'failed' ? <ErrorState error={resource.error} onRetry={reload} /> : null}
      {found === null && resource.status !== 'failed' ? (
        <Skeleton height={120} radius="md" aria-label={t('loading')} />
      ) : null}
      {found === null ? null : members.length < 2 ? (
        <Notice tone="info" title={t('combine.tooFew.title')}>
          <p>{t('combine.tooFew.text')}</p>
        </Notice>
      ) : (
        <Members found={found} metric={metric} />
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button loading={busy} disabled={members.length < 2} onClick={() => void start()}>
          {t('combine.start')}
        </Button>
      </Group>
    </Stack>
  );
}

function Choice({
  label,
  value,
  data,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly data: { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <Stack gap={4}>
      <Text size="xs" fw={600}>
        {label}
      </Text>
      <SegmentedControl size="xs" aria-label={label} data={data} value={value} onChange={onChange} />
    </Stack>
  );
}

function Members({ found, metric }: { readonly found: Combinable; readonly metric: Metric }) {
  const { t } = useTranslation(['compare', 'runs', 'common']);
  const format = useFormat();
  const titleOf = useRecipeTitle();
  const otherDays = found.leftOut.filter(({ reason }) => reason === 'other-split').length;
  return (
    <Stack gap="xs">
      <ol className={classes['picker']} aria-label={t('combine.members')}>
        {found.members.map((run) => (
          <li key={run.id}>
            <strong>{titleOf(run.recipe)}</strong>
            <span>
              {modelName(t, run.modelType) === titleOf(run.recipe) ? '' : `${modelName(t, run.modelType)} · `}
              {t(`common:metric.${metric}`)} {format.metric(metric, run.value, run.unit)}
            </span>
          </li>
        ))}
      </ol>
      <Text size="xs" c="dimmed">
        {t('combine.leftOut')}
        {otherDays > 0 ? ` ${t('combine.otherDays', { count: otherDays })}` : ''}
      </Text>
      {found.warnings.length > 0 ? (
        <Notice tone="warn" title={t('combine.differ.title')}>
          <p>{t('combine.differ.text', { best: titleOf(found.members[0].recipe) })}</p>
        </Notice>
      ) : null}
    </Stack>
  );
}
