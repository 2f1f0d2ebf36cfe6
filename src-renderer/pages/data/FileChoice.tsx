/** @file The button that opens the system's file dialog. */
import { Button } from '@mantine/core';
import type { ButtonProps } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useReadOnly } from '../../stores/app.ts';
import { importFlow } from '../../stores/import-flow.ts';

const accepted = '.csv,.tsv,.txt,.gz,.parquet';

export function FileChoice(props: ButtonProps) {
  const { t } = useTranslation('data');
  const input = useRef<HTMLInputElement>(null);
  const readOnly = useReadOnly();
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accepted}
        multiple
        hidden
        aria-hidden
        tabIndex={-1}
        data-testid="file-input"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          // the same file may be chosen again
          event.currentTarget.value = '';
          importFlow.getState().open(files);
        }}
      />
      <Button
        leftSection={<IconFileImport size={17} />}
        disabled={readOnly}
        onClick={() => input.current?.click()}
        {...props}
      >
        {t('import.choose')}
      </Button>
    </>
  );
}
