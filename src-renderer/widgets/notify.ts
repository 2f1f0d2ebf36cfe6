/** @file Short messages in the corner. */
import { notifications } from '@mantine/notifications';
import i18n from 'i18next';
import { toErrorData } from '../../src-preload/contract/errors.ts';
import { errorTextNow } from './error-text.ts';

/** The close button is a cross: its name is for those who hear it. */
const close = (): { 'aria-label': string } => ({ 'aria-label': i18n.t('common:action.close') });

export function notifyGood(title: string, message = ''): void {
  notifications.show({ title, message, color: 'teal.8', autoClose: 5000, closeButtonProps: close() });
}

/** Stays until closed: an error that vanishes was never read. */
export function notifyError(title: string, thrown: unknown): void {
  const error = toErrorData(thrown);
  const { message, hint, detail } = errorTextNow(error);
  notifications.show({
    title,
    message: [message, hint, detail && `${i18n.t('common:error.detail')} ${detail}`, `(${error.code})`]
      .filter(Boolean)
      .join(' '),
    color: 'red.8',
    autoClose: false,
    role: 'alert',
    closeButtonProps: close(),
  });
}
