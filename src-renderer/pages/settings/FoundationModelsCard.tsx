/** @file Foundation models: those that are here, those on their way, and the way to more. */
import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundationModel } from '../../../src-preload/contract/index.ts';
import { foundationStore, useFoundation } from '../../stores/foundation.ts';
import type { ShownJob } from '../../stores/foundation.ts';
import { valueOf } from '../../stores/resource.ts';
import { ConfirmDialog } from '../../widgets/ConfirmDialog.tsx';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { errorTextNow } from '../../widgets/error-text.ts';
import { Notice } from '../../widgets/Notice.tsx';
import { notifyError, notifyGood } from '../../widgets/notify.ts';
import { ProgressWithEta } from '../../widgets/ProgressWithEta.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { Tag } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { FoundationAddDialog } from './FoundationAddDialog.tsx';
import { FoundationNetwork } from './FoundationNetwork.tsx';
import classes from './settings.module.css';
import { useTellAdded } from './use-tell-added.ts';

function useMeta(): (model: FoundationModel) => string {
  const { t } = useTranslation('models');
  const format = useFormat();
  return ({ bytes, licence, revision, commit, source, builtIn, addedAt, problem }) =>
    (problem === null
      ? [
          format.bytes(bytes),
          licence?.id || licence?.name
            ? t('foundation.meta.licence', { licence: licence.name ?? licence.id })
            : t('foundation.meta.noLicence'),
          revision === null
            ? null
            : t('foundation.meta.revision', {
                revision: commit === null ? revision : `${revision} (${commit.slice(0, 8)})`,
              }),
          builtIn
            ? t('foundation.meta.from.built-in')
            : source === null
              ? t('foundation.meta.ownFolder')
              : t(`foundation.meta.from.${source.from}`, { name: source.name.replace(/^https:\/\//, '') }),
          addedAt === null || builtIn ? null : t('foundation.meta.added', { date: format.date(addedAt) }),
        ]
      : [format.bytes(bytes)]
    )
      .filter(Boolean)
      .join(' · ');
}

function ModelRow({
  model,
  onRemove,
}: {
  readonly model: FoundationModel;
  readonly onRemove: (name: string) => void;
}) {
  const { t } = useTranslation('models');
  const meta = useMeta();
  const problem = model.problem === null ? null : errorTextNow(model.problem);
  return (
    <li className={classes['model']}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Text size="sm" fw={560} style={{ overflowWrap: 'anywhere' }}>
              {model.name}
            </Text>
            {model.kind === null ? null : <Tag>{t(`foundation.kind.${model.kind}`)}</Tag>}
            {model.builtIn ? <Tag tone="info">{t('foundation.builtIn')}</Tag> : null}
          </Group>
          <Text size="xs" c="var(--vc-muted)" style={{ overflowWrap: 'anywhere' }}>
            {meta(model)}
          </Text>
        </div>
        {model.builtIn ? null : (
          <ActionIcon
            variant="subtle"
            color="var(--vc-bad)"
            aria-label={t('foundation.remove', { name: model.name })}
            onClick={() => onRemove(model.name)}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        )}
      </Group>
      {problem === null ? null : (
        <div className={classes['problem']}>
          <Notice tone="bad" title={t('foundation.problem')}>
            <p>{problem.message}</p>
            {problem.hint === null ? null : <p>{problem.hint}</p>}
          </Notice>
        </div>
      )}
    </li>
  );
}

function JobRow({ job }: { readonly job: ShownJob }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const tell = useTellAdded();
  const { cancel, dismiss, again } = foundationStore.getState();
  const { name, phase, bytes, totalBytes, bytesPerSecond, etaMs, error } = job;
  if (error?.code === 'download-cancelled' || error?.code === 'cancelled')
    return (
      <li className={classes['model']}>
        <Notice
          tone="neutral"
          role="status"
          title={t('foundation.job.cancelled', { name })}
          actions={
            <Group gap="xs" wrap="nowrap">
              {job.again === null ? null : (
                <Button size="xs" variant="default" onClick={() => tell(again(job.job))}>
                  {t('common:action.retry')}
                </Button>
              )}
              <Button size="xs" variant="subtle" onClick={() => dismiss(job.job)}>
                {t('foundation.job.dismiss')}
              </Button>
            </Group>
          }
        />
      </li>
    );
  if (error !== null)
    return (
      <li className={classes['model']}>
        <ErrorState
          error={error}
          title={t('foundation.job.failedTitle', { name })}
          onRetry={job.again === null ? undefined : () => tell(again(job.job))}
        />
        <Button size="xs" variant="subtle" mt={4} onClick={() => dismiss(job.job)}>
          {t('foundation.job.dismiss')}
        </Button>
      </li>
    );
  const isMoving = totalBytes !== null && phase !== 'asking' && phase !== 'checking';
  const amounts = { there: format.bytes(bytes), total: format.bytes(totalBytes) };
  const message = !isMoving
    ? t(`foundation.job.${phase}`)
    : bytesPerSecond === null
      ? t('foundation.job.downloading', amounts)
      : t('foundation.job.rate', { ...amounts, rate: format.bytes(bytesPerSecond) });
  return (
    <li className={classes['model']}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={560} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <ActionIcon
          variant="subtle"
          aria-label={t('foundation.job.cancel', { name })}
          onClick={() => cancel(job.job)}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
      <ProgressWithEta
        label={t('foundation.job.label', { name })}
        fraction={isMoving ? bytes / Math.max(1, totalBytes) : null}
        etaMs={etaMs}
        message={message}
      />
    </li>
  );
}

export function FoundationModelsCard() {
  const { t } = useTranslation('models');
  const library = useFoundation((state) => state.library);
  const jobs = useFoundation((state) => state.jobs);
  const [leaving, setLeaving] = useState<string | null>(null);
  const { load, open, remove } = foundationStore.getState();
  useEffect(() => void load(), [load]);
  const value = valueOf(library);
  const removeNow = (name: string): void => {
    remove(name).then(
      () => notifyGood(t('foundation.removed'), name),
      (thrown: unknown) => notifyError(t('foundation.removeFailed'), thrown),
    );
  };
  return (
    <SectionCard
      title={t('foundation.title')}
      hint={t('foundation.hint')}
      actions={
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          {t('foundation.add')}
        </Button>
      }
    >
      <Stack gap="sm">
        {library.status === 'failed' ? (
          <ErrorState error={library.error} title={t('foundation.listFailed')} onRetry={() => void load()} />
        ) : null}
        {value !== null && value.models.length === 0 && jobs.length === 0 ? (
          <Text size="sm" c="var(--vc-muted)">
            {t('foundation.none')}
          </Text>
        ) : null}
        <ul className={classes['models']}>
          {jobs.map((job) => (
            <JobRow key={job.job} job={job} />
          ))}
          {value?.models.map((model) => (
            <ModelRow key={model.name} model={model} onRemove={setLeaving} />
          ))}
        </ul>
        <FoundationNetwork folder={value?.folder ?? null} />
      </Stack>
      <FoundationAddDialog official={value?.official ?? []} />
      <ConfirmDialog
        opened={leaving !== null}
        title={t('foundation.confirm', { name: leaving ?? '' })}
        confirm={t('foundation.removeAction')}
        danger
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving !== null) removeNow(leaving);
          setLeaving(null);
        }}
      >
        {t('foundation.confirmText')}
      </ConfirmDialog>
    </SectionCard>
  );
}
