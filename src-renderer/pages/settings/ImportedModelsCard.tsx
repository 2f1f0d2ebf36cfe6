/** @file Models of other libraries: import, hand over in another format, remove. */
import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { IconFileImport, IconTrash } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportedModel } from '../../../src-preload/contract/index.ts';
import { useReadOnly } from '../../stores/app.ts';
import { call, sendFile } from '../../stores/client.ts';
import { ConfirmDialog } from '../../widgets/ConfirmDialog.tsx';
import { ExportMenu } from '../../widgets/ExportMenu.tsx';
import { notifyError, notifyGood } from '../../widgets/notify.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';

export function ImportedModelsCard() {
  const { t } = useTranslation('models');
  const [models, setModels] = useState<readonly ImportedModel[]>([]);
  const [busy, setBusy] = useState(false);
  const [leaving, setLeaving] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const readOnly = useReadOnly();
  const load = useCallback(
    () =>
      call('models.imported', {}).then(setModels, (thrown: unknown) =>
        notifyError(t('imported.listFailed'), thrown),
      ),
    [t],
  );
  useEffect(() => void load(), [load]);

  const bring = async (file: File): Promise<void> => {
    setBusy(true);
    try {
      const model = await call('models.import', { file: await sendFile(file) });
      notifyGood(t('imported.done'), model.name);
      await load();
    } catch (thrown) {
      notifyError(t('imported.failed'), thrown);
    } finally {
      setBusy(false);
    }
  };
  const remove = async (name: string): Promise<void> => {
    try {
      await call('models.remove', { name });
      await load();
    } catch (thrown) {
      notifyError(t('imported.removeFailed'), thrown);
    }
  };

  return (
    <SectionCard
      title={t('imported.title')}
      hint={t('imported.hint')}
      actions={
        <>
          <input
            ref={input}
            type="file"
            accept=".json,.ubj,.ubjson,.txt"
            hidden
            aria-hidden
            tabIndex={-1}
            data-testid="model-input"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              // the same file may be chosen again
              event.currentTarget.value = '';
              if (file) void bring(file);
            }}
          />
          <Button
            variant="default"
            leftSection={<IconFileImport size={16} aria-hidden />}
            disabled={readOnly}
            loading={busy}
            onClick={() => input.current?.click()}
          >
            {t('imported.action')}
          </Button>
        </>
      }
    >
      {models.length === 0 ? (
        <Text size="sm" c="var(--vc-muted)">
          {t('imported.none')}
        </Text>
      ) : null}
      <Stack gap="xs">
        {models.map((model) => (
          <Group key={model.name} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm" fw={540}>
                {model.name}
              </Text>
              <Text size="xs" c="var(--vc-muted)">
                {t(`library.${model.library}`)} · {model.objective} ·{' '}
                {t('imported.trees', { count: model.trees })} ·{' '}
                {t('imported.features', { count: model.features.length })}
              </Text>
            </div>
            <Group gap="xs" wrap="nowrap">
              <ExportMenu id={model.name} modelType={null} size="xs" />
              <ActionIcon
                variant="subtle"
                color="var(--vc-bad)"
                disabled={readOnly}
                aria-label={t('imported.remove', { name: model.name })}
                onClick={() => setLeaving(model.name)}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          </Group>
        ))}
      </Stack>
      <ConfirmDialog
        opened={leaving !== null}
        title={t('imported.confirm', { name: leaving ?? '' })}
        confirm={t('imported.removeAction')}
        danger
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving !== null) void remove(leaving);
          setLeaving(null);
        }}
      >
        {t('imported.confirmText')}
      </ConfirmDialog>
    </SectionCard>
  );
}
