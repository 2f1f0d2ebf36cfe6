/** @file Where models lie, and the way to the hub: folded away, because most machines need none of it. */
import { Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useReadOnly } from '../../stores/app.ts';
import { notifyError } from '../../widgets/notify.ts';
import classes from './settings.module.css';

function Address({ setting }: { readonly setting: 'proxy' | 'modelMirror' }) {
  const { t } = useTranslation('models');
  const stored = useApp((state) => state.settings[setting]) ?? '';
  const change = useApp((state) => state.change);
  const readOnly = useReadOnly();
  const [draft, setDraft] = useState<string | null>(null);
  const name = setting === 'proxy' ? 'proxy' : 'mirror';
  const save = (): void => {
    if (draft === null) return;
    const text = draft.trim();
    if (text === stored) {
      setDraft(null);
      return;
    }
    change({ [setting]: text === '' ? null : text }).then(
      () => setDraft(null),
      (thrown: unknown) => notifyError(t('foundation.network.failed'), thrown),
    );
  };
  return (
    <TextInput
      label={t(`foundation.network.${name}`)}
      description={t(`foundation.network.${name}Hint`)}
      placeholder={setting === 'proxy' ? 'http://proxy.example:3128' : 'https://mirror.example'}
      value={draft ?? stored}
      disabled={readOnly}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save();
      }}
    />
  );
}

export function FoundationNetwork({ folder }: { readonly folder: string | null }) {
  const { t } = useTranslation('models');
  return (
    <details className={classes['network']}>
      <summary>{t('foundation.network.title')}</summary>
      <Stack gap="sm" mt="xs">
        <Address setting="proxy" />
        <Address setting="modelMirror" />
        {folder === null ? null : (
          <Text size="xs" c="var(--vc-muted)" style={{ overflowWrap: 'anywhere' }}>
            {t('foundation.folder')}: <code>{folder}</code>
          </Text>
        )}
      </Stack>
    </details>
  );
}
