/** @file Name, state and verdict of a run, and everything one can do with it. */
import { ActionIcon, Button, Group, Menu } from '@mantine/core';
import {
  IconChartAreaLine,
  IconCrown,
  IconDots,
  IconDownload,
  IconEdit,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconTag,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunDetail } from '../../../src-preload/contract/index.ts';
import { isOver } from '../../../src-preload/contract/runs.ts';
import { useReadOnly } from '../../stores/app.ts';
import { useRecipeTitle } from '../../stores/recipes.ts';
import { navigate } from '../../stores/router.ts';
import { ConfirmDialog } from '../../widgets/ConfirmDialog.tsx';
import { PageHeader } from '../../widgets/PageHeader.tsx';
import { StatusTag, Tag } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import { modelName } from './names.ts';
import { ReportMenu } from './ReportMenu.tsx';
import { TagDialog } from './TagDialog.tsx';
import { useRunActions } from './use-run-actions.ts';
import { useVerdict } from './verdict.ts';
import classes from './runs.module.css';

export function RunHeader({
  run,
  stepMs,
  onEditRecipe,
}: {
  readonly run: RunDetail;
  /** one step of the data; null before it is known */
  readonly stepMs: number | null;
  readonly onEditRecipe: () => void;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const format = useFormat();
  const title = useRecipeTitle()(run.recipe);
  const model = modelName(t, run.modelType);
  const verdict = useVerdict()(run);
  const tags = Object.entries(run.tags);
  return (
    <PageHeader
      title={
        <span className={classes['headTitle']}>
          {title}
          <StatusTag status={run.status} />
          {run.champion ? (
            <Tag tone="warn" icon={<IconCrown size={12} aria-hidden />}>
              {t('champion')}
            </Tag>
          ) : null}
        </span>
      }
      hint={
        <>
          {verdict ? <span className={classes['verdict']}>{verdict}</span> : null}
          <span className={classes['facts']}>
            {[
              model === title ? null : model,
              t('datasetVersion', { dataset: run.dataset, version: run.datasetVersion }),
              t('inExperiment', { experiment: run.experiment }),
              run.horizon === null || stepMs === null
                ? null
                : t('horizonSteps', { count: run.horizon, time: format.span(run.horizon * stepMs) }),
              format.dateTime(run.startedAt ?? run.createdAt),
              run.durationMs === null ? null : t('took', { time: format.duration(run.durationMs) }),
              run.attempt > 1 ? t('attempt', { attempt: run.attempt }) : null,
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
          {tags.length > 0 ? (
            <span className={classes['tags']}>
              {tags.map(([key, value]) => (
                <Tag key={key}>{value === '' ? key : `${key}: ${value}`}</Tag>
              ))}
            </span>
          ) : null}
        </>
      }
      actions={<HeaderActions run={run} onEditRecipe={onEditRecipe} />}
    />
  );
}

function HeaderActions({
  run,
  onEditRecipe,
}: {
  readonly run: RunDetail;
  readonly onEditRecipe: () => void;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const actions = useRunActions();
  const readOnly = useReadOnly();
  const [dialog, setDialog] = useState<'none' | 'delete' | 'tag'>('none');
  const done = run.status === 'succeeded';
  const over = isOver(run.status);
  const resumable = run.status === 'interrupted' || run.status === 'failed' || run.status === 'cancelled';
  const close = (): void => setDialog('none');
  return (
    <Group gap="xs" wrap="wrap">
      {!over ? (
        <Button
          variant="default"
          disabled={readOnly}
          leftSection={<IconPlayerStop size={16} aria-hidden />}
          onClick={() => void actions.cancel(run)}
        >
          {t('action.cancel')}
        </Button>
      ) : null}
      {resumable ? (
        <Button
          disabled={readOnly}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          onClick={() => void actions.resume(run)}
        >
          {t('action.resume')}
        </Button>
      ) : null}
      {done ? (
        <>
          {run.champion ? null : (
            <Button
              variant="default"
              disabled={readOnly}
              leftSection={<IconCrown size={16} aria-hidden />}
              onClick={() => void actions.promote(run)}
            >
              {t('action.promote')}
            </Button>
          )}
          <ReportMenu runIds={[run.id]} />
          <Button
            leftSection={<IconChartAreaLine size={16} aria-hidden />}
            onClick={() => navigate('forecast', null, { run: run.id })}
          >
            {t('action.forecast')}
          </Button>
        </>
      ) : null}
      <Menu position="bottom-end" shadow="md" width={250}>
        <Menu.Target>
          <ActionIcon variant="default" size={34} aria-label={t('action.more')}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconRefresh size={16} aria-hidden />}
            disabled={readOnly || !over}
            onClick={() => void actions.rerun(run)}
          >
            {t('action.rerun')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconEdit size={16} aria-hidden />}
            disabled={readOnly || !over}
            onClick={onEditRecipe}
          >
            {t('action.rerunEdited')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconDownload size={16} aria-hidden />}
            disabled={!done}
            onClick={() => actions.exportModel(run)}
          >
            {t('action.export')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTag size={16} aria-hidden />}
            disabled={readOnly}
            onClick={() => setDialog('tag')}
          >
            {t('action.tag')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="var(--vc-bad)"
            leftSection={<IconTrash size={16} aria-hidden />}
            disabled={readOnly || !over}
            onClick={() => setDialog('delete')}
          >
            {t('action.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={dialog === 'delete'}
        title={t('delete.title', { count: 1 })}
        confirm={t('action.delete')}
        danger
        onClose={close}
        onConfirm={() => {
          close();
          void actions.remove([run.id]).then(() => navigate('runs'));
        }}
      >
        {run.champion ? t('delete.champion') : t('delete.text')}
      </ConfirmDialog>
      <TagDialog
        opened={dialog === 'tag'}
        tags={run.tags}
        onClose={close}
        onSave={(tags) => {
          close();
          void actions.tag(run, tags);
        }}
      />
    </Group>
  );
}
