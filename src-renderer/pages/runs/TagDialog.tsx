/** @file Adds, changes and removes the tags of a run. */
import { ActionIcon, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tagChanges } from './tag-changes.ts';

type Tags = Readonly<Record<string, string>>;

export function TagDialog({
  opened,
  tags,
  onSave,
  onClose,
}: {
  readonly opened: boolean;
  readonly tags: Tags;
  /** null removes a tag */
  readonly onSave: (changes: Readonly<Record<string, string | null>>) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation(['runs', 'common']);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('tags.title')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <TagForm tags={tags} onSave={onSave} onClose={onClose} />
    </Modal>
  );
}

/** Mounted with the dialog, so that it starts from the tags as they are now. */
function TagForm({
  tags,
  onSave,
  onClose,
}: {
  readonly tags: Tags;
  readonly onSave: (changes: Readonly<Record<string, string | null>>) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation(['runs', 'common']);
  const [rows, setRows] = useState(() => [...Object.entries(tags), ['', ''] as [string, string]]);
  const change = (at: number, part: 0 | 1, text: string): void =>
    setRows((all) => all.map((row, i) => (i === at ? (part === 0 ? [text, row[1]] : [row[0], text]) : row)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(tagChanges(tags, rows));
      }}
    >
      <Stack gap="xs">
        {rows.map(([key, value], i) => (
          <Group key={i} gap="xs" wrap="nowrap">
            <TextInput
              aria-label={t('tags.key')}
              placeholder={t('tags.key')}
              value={key}
              onChange={(event) => change(i, 0, event.currentTarget.value)}
              data-autofocus={i === rows.length - 1 || undefined}
              flex={1}
            />
            <TextInput
              aria-label={t('tags.value')}
              placeholder={t('tags.value')}
              value={value}
              onChange={(event) => change(i, 1, event.currentTarget.value)}
              flex={1}
            />
            <ActionIcon
              variant="subtle"
              aria-label={t('tags.remove', { key })}
              onClick={() => setRows((all) => all.filter((_, at) => at !== i))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="subtle"
          size="compact-sm"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setRows((all) => [...all, ['', '']])}
        >
          {t('tags.add')}
        </Button>
      </Stack>
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button type="submit">{t('common:action.save')}</Button>
      </Group>
    </form>
  );
}
