/** @file Chooses finished runs to compare. */
import { Button, Checkbox, Group, Modal, ScrollArea, Select, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunSummary } from '../../../src-preload/contract/index.ts';
import { suggestRuns } from '../../charts/compare-shapes.ts';
import { maxCompared } from '../../stores/compare.ts';
import { useRecipeTitle } from '../../stores/recipes.ts';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './compare.module.css';

interface Props {
  readonly runs: readonly RunSummary[];
  readonly ids: readonly string[];
  readonly onClose: () => void;
  readonly onChoose: (ids: readonly string[]) => void;
}

export function RunPicker({ opened, ...props }: Props & { readonly opened: boolean }) {
  const { t } = useTranslation(['compare', 'common']);
  return (
    <Modal
      opened={opened}
      onClose={props.onClose}
      title={t('picker.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <Picker {...props} />
    </Modal>
  );
}

/** rows drawn at once; the filter narrows further */
const most = 200;

function Picker({ runs, ids, onClose, onChoose }: Props) {
  const { t } = useTranslation(['compare', 'common']);
  const format = useFormat();
  const titleOf = useRecipeTitle();
  const [chosen, setChosen] = useState<readonly string[]>(ids);
  const [experiment, setExperiment] = useState<string | null>(
    () => runs.find((run) => run.id === ids[0])?.experiment ?? null,
  );
  const experiments = useMemo(() => [...new Set(runs.map((run) => run.experiment))].sort(), [runs]);
  const shown = useMemo(
    () =>
      runs
        .filter((run) => experiment === null || run.experiment === experiment)
        .toSorted((a, b) => b.createdAt - a.createdAt)
        .slice(0, most),
    [runs, experiment],
  );
  const toggle = (id: string): void =>
    setChosen((before) =>
      before.includes(id) ? before.filter((other) => other !== id) : [...before, id].slice(0, maxCompared),
    );
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Select
          aria-label={t('picker.experiment')}
          placeholder={t('picker.allExperiments')}
          data={experiments}
          value={experiment}
          onChange={setExperiment}
          clearable
          searchable
          w={260}
        />
        <Group gap="xs">
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => setChosen(suggestRuns(shown, null, maxCompared))}
          >
            {t('picker.newest')}
          </Button>
          <Button variant="subtle" size="compact-sm" onClick={() => setChosen([])}>
            {t('picker.none')}
          </Button>
        </Group>
      </Group>
      <ScrollArea.Autosize mah="50vh" viewportProps={{ tabIndex: 0 }}>
        <ul className={classes['picker']}>
          {shown.map((run) => (
            <li key={run.id}>
              <Checkbox
                checked={chosen.includes(run.id)}
                onChange={() => toggle(run.id)}
                label={
                  <>
                    <strong>{titleOf(run.recipe)}</strong>
                    <span>
                      {t('picker.facts', {
                        mae: format.metric('mae', run.metrics?.mae, run.unit),
                        experiment: run.experiment,
                        when: format.dateTime(run.createdAt),
                      })}
                    </span>
                  </>
                }
              />
            </li>
          ))}
        </ul>
        {runs.length === 0 ? (
          <Text size="sm" c="dimmed" ta="center" py="lg">
            {t('empty.text')}
          </Text>
        ) : null}
      </ScrollArea.Autosize>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('common:action.cancel')}
        </Button>
        <Button disabled={chosen.length === 0} onClick={() => onChoose(chosen)}>
          {t('picker.compare', { count: chosen.length })}
        </Button>
      </Group>
    </Stack>
  );
}
