/** @file A message in the flow of the page: what is so, and what to do about it. */
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconUrgent } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Tone } from './StatusTag.tsx';
import classes from './widgets.module.css';

const icons: Readonly<Record<Tone, typeof IconInfoCircle>> = {
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconUrgent,
  info: IconInfoCircle,
  neutral: IconInfoCircle,
  accent: IconInfoCircle,
};

export function Notice({
  tone = 'info',
  title,
  children,
  actions,
  role,
}: {
  readonly tone?: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly role?: 'alert' | 'status';
}) {
  const Icon = icons[tone];
  return (
    <div className={classes['notice']} data-tone={tone} role={role}>
      <Icon className={classes['noticeIcon']} size={18} aria-hidden />
      <div className={classes['noticeBody']}>
        {title ? <p className={classes['noticeTitle']}>{title}</p> : null}
        {children}
      </div>
      {actions}
    </div>
  );
}
