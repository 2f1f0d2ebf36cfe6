/** @file An error as people need it: what happened, what to do, the code to quote, and a way on. */
import { Button, Code, Group } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ErrorData } from '../../src-preload/contract/index.ts';
import { errorText } from './error-text.ts';
import { Notice } from './Notice.tsx';
import { OriginalText } from './OriginalText.tsx';

/** `file.csv, line 12, column 3, key model.params` */
function usePlace(error: ErrorData): string {
  const { t } = useTranslation('common');
  const { file, line, column, key } = error.place ?? {};
  return [
    file,
    line === undefined ? undefined : t('error.line', { line }),
    column === undefined ? undefined : t('error.column', { column }),
    key === undefined ? undefined : t('error.key', { key }),
  ]
    .filter(Boolean)
    .join(', ');
}

export function ErrorState({
  error,
  onRetry,
  title,
}: {
  readonly error: ErrorData;
  readonly onRetry?: (() => void) | undefined;
  readonly title?: string | undefined;
}) {
  const { t, i18n } = useTranslation('common');
  const place = usePlace(error);
  const { message, hint, detail } = errorText(i18n.t, i18n.language, error);
  return (
    <Notice tone="bad" role="alert" title={title ?? t('error.title')}>
      <p>{message}</p>
      {hint ? <p>{hint}</p> : null}
      <OriginalText detail={detail} />
      <Group gap="sm" mt={8}>
        {onRetry ? (
          <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
            {t('action.retry')}
          </Button>
        ) : null}
        <span style={{ color: 'var(--vc-muted)', fontSize: '0.75rem' }}>
          {place ? `${place} · ` : ''}
          {t('error.code')} <Code>{error.code}</Code>
        </span>
      </Group>
    </Notice>
  );
}
