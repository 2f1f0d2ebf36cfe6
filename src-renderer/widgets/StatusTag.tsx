/** @file A status as a word with a mark: never by colour alone. */
import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconPlayerPause,
  IconPlayerSkipForward,
  IconRefresh,
  IconX,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RunStatus, StepStatus } from '../../src-preload/contract/index.ts';
import classes from './widgets.module.css';

type Status = RunStatus | StepStatus;
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'neutral' | 'accent';

const looks: Readonly<Record<Status, { readonly tone: Tone; readonly Icon: typeof IconCheck }>> = {
  queued: { tone: 'neutral', Icon: IconClock },
  pending: { tone: 'neutral', Icon: IconCircleDashed },
  running: { tone: 'accent', Icon: IconRefresh },
  succeeded: { tone: 'good', Icon: IconCheck },
  reused: { tone: 'info', Icon: IconPlayerSkipForward },
  failed: { tone: 'bad', Icon: IconX },
  cancelled: { tone: 'neutral', Icon: IconX },
  interrupted: { tone: 'warn', Icon: IconPlayerPause },
  skipped: { tone: 'neutral', Icon: IconPlayerSkipForward },
};

export const statusTone = (status: Status): Tone => looks[status].tone;

export function StatusTag({ status }: { readonly status: Status }) {
  const { t } = useTranslation('common');
  const { tone, Icon } = looks[status];
  return (
    <span className={classes['tag']} data-tone={tone} data-status={status}>
      <Icon size={13} stroke={2.2} aria-hidden data-spin={status === 'running' || undefined} />
      {t(`status.${status}`)}
    </span>
  );
}

/** A word in a tinted pill: champion, leakage, unit, version. */
export function Tag({
  tone = 'neutral',
  icon,
  children,
  title,
}: {
  readonly tone?: Tone;
  readonly icon?: React.ReactNode;
  readonly children: React.ReactNode;
  readonly title?: string;
}) {
  return (
    <span className={classes['tag']} data-tone={tone} title={title}>
      {icon}
      {children}
    </span>
  );
}

export const WarningIcon = IconAlertTriangle;
