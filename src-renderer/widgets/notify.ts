/** @file Short messages in the corner. */
import { notifications } from '@mantine/notifications';
import { toErrorData } from '../../src-preload/contract/errors.ts';

export function notifyGood(title: string, message = ''): void {
  notifications.show({ title, message, color: 'teal.8', autoClose: 5000 });
}

/** Stays until closed: an error that vanishes was never read. */
export function notifyError(title: string, thrown: unknown): void {
  const { message, hint, code } = toErrorData(thrown);
  notifications.show({
    title,
    message: `${message}${hint ? ` ${hint}` : ''} (${code})`,
    color: 'red.8',
    autoClose: false,
    role: 'alert',
  });
}
