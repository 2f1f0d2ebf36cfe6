/** @file Adding a foundation model: look one up on the hub and see its licence before anything is downloaded, or take files. */
import {
  Anchor,
  Autocomplete,
  Button,
  Checkbox,
  Divider,
  Group,
  Modal,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconArchive, IconArrowLeft, IconDownload, IconFolderOpen, IconSearch } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OfficialModel } from '../../../src-preload/contract/index.ts';
import { inElectron, pathOfFolder } from '../../stores/client.ts';
import { foundationStore, useFoundation } from '../../stores/foundation.ts';
import type { Asking, Offer } from '../../stores/foundation.ts';
import { ErrorState } from '../../widgets/ErrorState.tsx';
import { Notice } from '../../widgets/Notice.tsx';
import { Tag } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './settings.module.css';
import { useTellAdded } from './use-tell-added.ts';

function FromHub({
  asking,
  official,
}: {
  readonly asking: Asking;
  readonly official: readonly OfficialModel[];
}) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const [name, setName] = useState('amazon/chronos-2');
  const { look } = foundationStore.getState();
  const byName = new Map(official.map((model) => [model.name, model]));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void look(name.trim());
      }}
    >
      <Stack gap="sm">
        <Group align="flex-end" wrap="nowrap" gap="sm">
          <Autocomplete
            style={{ flex: 1 }}
            label={t('foundation.dialog.name')}
            description={t('foundation.dialog.nameHint')}
            value={name}
            onChange={setName}
            spellCheck={false}
            // a list that shows one name because one is there already would hide the others
            filter={({ options, search }) =>
              byName.has(search)
                ? options
                : options.filter((one) => 'value' in one && one.value.includes(search.trim()))
            }
            data={official.map((model) => model.name)}
            renderOption={({ option }) => {
              const model = byName.get(option.value);
              return (
                <div>
                  <Text size="sm">{option.value}</Text>
                  {model === undefined ? null : (
                    <Text size="xs" c="var(--vc-muted)">
                      {t('foundation.dialog.parameters', {
                        kind: t(`foundation.kind.${model.kind}`),
                        count: model.parameters,
                        size: format.bytes(model.bytes),
                      })}
                    </Text>
                  )}
                </div>
              );
            }}
          />
          <Button
            type="submit"
            variant="default"
            loading={asking.step === 'looking'}
            disabled={name.trim() === ''}
            leftSection={<IconSearch size={16} aria-hidden />}
          >
            {t('foundation.dialog.look')}
          </Button>
        </Group>
        {asking.step === 'choosing' && asking.error !== null ? (
          <ErrorState error={asking.error} title={t('foundation.dialog.lookFailed')} />
        ) : null}
      </Stack>
    </form>
  );
}

const isWebAddress = (text: string | null): text is string => text !== null && /^https:\/\//.test(text);

function Offered({ offer }: { readonly offer: Offer }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const tell = useTellAdded();
  const [accepted, setAccepted] = useState(false);
  const { open, download } = foundationStore.getState();
  const { name, revision, commit, kind, licence, files, bytes, installed } = offer;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    [t('foundation.dialog.name'), revision === 'main' ? name : `${name}@${revision}`],
    [t('foundation.dialog.architecture'), t(`foundation.kind.${kind}`)],
    [
      t('foundation.dialog.size'),
      t('foundation.dialog.inFiles', { count: files.length, size: format.bytes(bytes) }),
    ],
    [t('foundation.dialog.commit'), <code key="commit">{commit.slice(0, 12)}</code>],
    [
      t('foundation.dialog.licence'),
      <Group key="licence" gap="xs">
        {licence.name ?? licence.id ?? '–'}
        {licence.permissive ? <Tag tone="good">{t('foundation.dialog.permissive')}</Tag> : null}
        {isWebAddress(licence.link) ? (
          <Anchor size="sm" href={licence.link} target="_blank" rel="noreferrer">
            {t('foundation.dialog.readLicence')}
          </Anchor>
        ) : null}
      </Group>,
    ],
  ];
  return (
    <Stack gap="md">
      <dl className={classes['facts']}>
        {facts.map(([label, content]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{content}</dd>
          </div>
        ))}
      </dl>
      {licence.permissive ? null : (
        <Notice
          tone="warn"
          title={t(licence.id === null ? 'foundation.dialog.unknownLicence' : 'foundation.dialog.restricted')}
        >
          <Checkbox
            mt="xs"
            autoFocus
            label={t('foundation.dialog.accept')}
            checked={accepted}
            onChange={(event) => setAccepted(event.currentTarget.checked)}
          />
        </Notice>
      )}
      {installed ? <Text size="sm">{t('foundation.dialog.here')}</Text> : null}
      <Group justify="space-between">
        <Button variant="subtle" leftSection={<IconArrowLeft size={16} aria-hidden />} onClick={open}>
          {t('foundation.dialog.other')}
        </Button>
        <Button
          // the button that asked is gone: the way on takes its focus
          autoFocus={licence.permissive}
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={installed || (!licence.permissive && !accepted)}
          onClick={() => tell(download(offer))}
        >
          {t('foundation.dialog.download', { size: format.bytes(bytes) })}
        </Button>
      </Group>
    </Stack>
  );
}

function FromFiles() {
  const { t } = useTranslation('models');
  const tell = useTellAdded();
  const archive = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const { addFile } = foundationStore.getState();
  const desktop = inElectron();
  const add = (file: File | string | null | undefined): void => {
    if (file) tell(addFile(file, name.trim() || undefined));
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="var(--vc-muted)">
        {t(desktop ? 'foundation.dialog.filesHintDesktop' : 'foundation.dialog.filesHint')}
      </Text>
      <input
        ref={archive}
        type="file"
        accept=".zip,.tar,.gz,.tgz"
        hidden
        aria-hidden
        tabIndex={-1}
        data-testid="foundation-input"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // the same file may be chosen again
          event.currentTarget.value = '';
          add(file);
        }}
      />
      {desktop ? (
        <input
          ref={folder}
          type="file"
          // React knows the attribute, its types do not
          {...{ webkitdirectory: '' }}
          hidden
          aria-hidden
          tabIndex={-1}
          onChange={(event) => {
            const files = [...(event.currentTarget.files ?? [])];
            event.currentTarget.value = '';
            add(pathOfFolder(files));
          }}
        />
      ) : null}
      <Group align="flex-end" gap="sm">
        <TextInput
          style={{ flex: '1 1 12rem' }}
          label={t('foundation.dialog.ownName')}
          description={t('foundation.dialog.ownNameHint')}
          value={name}
          spellCheck={false}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {desktop ? (
          <Button
            variant="default"
            leftSection={<IconFolderOpen size={16} aria-hidden />}
            onClick={() => folder.current?.click()}
          >
            {t('foundation.dialog.folder')}
          </Button>
        ) : null}
        <Button
          variant="default"
          leftSection={<IconArchive size={16} aria-hidden />}
          onClick={() => archive.current?.click()}
        >
          {t('foundation.dialog.archive')}
        </Button>
      </Group>
    </Stack>
  );
}

export function FoundationAddDialog({ official }: { readonly official: readonly OfficialModel[] }) {
  const { t } = useTranslation('models');
  const asking = useFoundation((state) => state.asking);
  const { close } = foundationStore.getState();
  return (
    <Modal
      opened={asking !== null}
      onClose={close}
      size="lg"
      title={t('foundation.dialog.title')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      {asking === null ? null : asking.step === 'offered' ? (
        <Offered key={asking.offer.commit} offer={asking.offer} />
      ) : (
        <Stack gap="md">
          <h3 className={classes['dialogPart']}>{t('foundation.dialog.hub')}</h3>
          <FromHub asking={asking} official={official} />
          <Divider />
          <h3 className={classes['dialogPart']}>{t('foundation.dialog.local')}</h3>
          <FromFiles />
        </Stack>
      )}
    </Modal>
  );
}
