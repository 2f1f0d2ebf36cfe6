/** @file The workspace, the machine and the checks, as the other side reports them. */
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconCpu, IconDeviceDesktop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SystemInfo } from '../../../src-preload/contract/index.ts';
import { valueOf } from '../../stores/resource.ts';
import { useCall } from '../../stores/use-call.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { Notice } from '../../widgets/Notice.tsx';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { Tag } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './settings.module.css';

interface Props {
  readonly info: SystemInfo;
}

function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes['facts']}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Under this a training run may not find room for its artifacts. */
const littleSpace = 2e9;

export function WorkspaceCard({ info: { workspace } }: Props) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  return (
    <SectionCard
      title={t('workspace.title')}
      hint={t('workspace.hint')}
      actions={
        <Tag tone={workspace.healthy ? 'good' : 'bad'}>
          {t(workspace.healthy ? 'workspace.healthy' : 'workspace.damaged')}
        </Tag>
      }
    >
      <div className={classes['path']}>
        <code>{workspace.path}</code>
        <CopyButton value={workspace.path}>
          {({ copied, copy }) => (
            <Tooltip label={t(copied ? 'common:action.copied' : 'common:action.copy')}>
              <ActionIcon variant="subtle" aria-label={t('common:action.copy')} onClick={copy}>
                {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </div>
      <Facts
        rows={[
          [t('workspace.free'), format.bytes(workspace.freeBytes)],
          [t('workspace.schema'), format.integer(workspace.schemaVersion)],
          [
            t('workspace.access'),
            workspace.readOnly
              ? workspace.ownerPid === null
                ? t('workspace.readOnly')
                : t('workspace.readOnlyPid', { pid: workspace.ownerPid })
              : t('workspace.writable'),
          ],
        ]}
      />
      {workspace.freeBytes !== null && workspace.freeBytes < littleSpace ? (
        <div style={{ marginTop: '0.8rem' }}>
          <Notice tone="warn" title={t('workspace.little')}>
            <p>{t('workspace.littleHint')}</p>
          </Notice>
        </div>
      ) : null}
    </SectionCard>
  );
}

function Devices() {
  const { t } = useTranslation('settings');
  const format = useFormat();
  const [found, reload] = useCall('system.devices', {});
  const devices = valueOf(found);
  if (found.status === 'failed') return <ErrorState error={found.error} onRetry={reload} />;
  if (devices === null) return <p className={classes['note']}>{t('machine.looking')}</p>;
  return (
    <ul className={classes['devices']}>
      {devices.map(({ name, kind, memoryBytes, trees, networks }, i) => (
        <li key={`${name}/${i}`}>
          {kind === 'gpu' ? (
            <IconDeviceDesktop size={18} stroke={1.6} aria-hidden />
          ) : (
            <IconCpu size={18} stroke={1.6} aria-hidden />
          )}
          <span className={classes['deviceText']}>
            {name}
            <small>
              {[
                t(`machine.kinds.${kind}`),
                memoryBytes === null ? null : format.bytes(memoryBytes),
                trees === null ? null : t(`machine.trees.${trees}`),
                networks ? t('machine.networks') : null,
              ]
                .filter(Boolean)
                .join(' · ')}
            </small>
          </span>
          <Tag tone={trees !== null || networks ? 'good' : 'neutral'}>
            {t(trees !== null || networks ? 'machine.usable' : 'machine.unused')}
          </Tag>
        </li>
      ))}
    </ul>
  );
}

export function MachineCard({ info: { platform, mode } }: Props) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  return (
    <SectionCard title={t('machine.title')}>
      <Facts
        rows={[
          [t('machine.cpu'), platform.cpu],
          [t('machine.cores'), format.integer(platform.physicalCores)],
          [t('machine.memory'), format.bytes(platform.memoryBytes)],
          [t('machine.os'), `${platform.os} · ${platform.arch}`],
          [t('machine.node'), platform.node],
          [t('machine.mode'), t(`machine.modes.${mode}`)],
        ]}
      />
      <h3 className={classes['sub']}>{t('machine.devices')}</h3>
      <Devices />
    </SectionCard>
  );
}

export function ChecksCard({ info: { checks, workspace, platform } }: Props) {
  const { t } = useTranslation('settings');
  const format = useFormat();
  /** What is well is said from the figures here; what is not comes with its own words. */
  const good: Readonly<Record<string, string | undefined>> = {
    workspace: t('checks.whole'),
    disk:
      workspace.freeBytes === null
        ? undefined
        : t('checks.free', { free: format.bytes(workspace.freeBytes) }),
    memory: t('checks.memory', { memory: format.bytes(platform.memoryBytes) }),
  };
  const failing = checks.filter((check) => !check.ok).length;
  return (
    <SectionCard
      title={t('checks.title')}
      actions={
        <Tag tone={failing === 0 ? 'good' : 'warn'}>
          {failing === 0 ? t('checks.allGood') : t('checks.some', { count: failing })}
        </Tag>
      }
    >
      <ul className={classes['checks']}>
        {checks.map((check) => (
          <li key={check.name}>
            <Tag tone={check.ok ? 'good' : 'warn'}>{t(check.ok ? 'checks.ok' : 'checks.attention')}</Tag>
            <span>
              <b>{t(`checks.name.${check.name}`, { defaultValue: check.name })}</b>{' '}
              {(check.ok ? good[check.name] : undefined) ?? check.message}
            </span>
          </li>
        ))}
      </ul>
    </SectionCard>
  );
}
