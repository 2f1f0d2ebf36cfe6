/** @file The parts of an import preview, in the order in which they matter to the reader. */
import { Radio, Select, Stack, Switch, TextInput } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  ImportOptions,
  ImportPreview,
  ImportQuestion,
  Repair,
} from '../../../src-preload/contract/index.ts';
import { Tag } from '../../widgets/StatusTag.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './data.module.css';
import {
  answerGiven,
  answerTo,
  choicesOf,
  formatFacts,
  otherWarnings,
  targetChoices,
  toggleRepair,
} from './import-view.ts';
import { LeakageNotice } from './Leakage.tsx';
import { FirstRows } from './FirstRows.tsx';
import { ReadOptions } from './ReadOptions.tsx';
import { WarningNotice } from './WarningText.tsx';
import { zoneNames } from './zones.ts';

interface PartProps {
  readonly preview: ImportPreview;
  readonly options: ImportOptions;
  readonly disabled: boolean;
  readonly onAnswer: (options: ImportOptions) => void;
}

function Part({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className={classes['partTitle']}>
        {title}
      </h3>
      {hint ? <p className={classes['partHint']}>{hint}</p> : null}
      {children}
    </section>
  );
}

function Facts({ preview }: { readonly preview: ImportPreview }) {
  const { t } = useTranslation('data');
  const format = useFormat();
  return (
    <div className={classes['facts']}>
      <Tag>{format.bytes(preview.bytes)}</Tag>
      <Tag>{t('fact.rows', { count: preview.rows, rows: format.integer(preview.rows) })}</Tag>
      {formatFacts(preview.format).map(({ key, value, word }) => (
        <Tag key={key}>{t(`fact.${key}`, { value: word ? t(`fact.value.${word}`) : value })}</Tag>
      ))}
    </div>
  );
}

/** More than these are a list to search in, not a row of buttons. */
const fewChoices = 8;

function Question({ question, ...props }: PartProps & { readonly question: ImportQuestion }) {
  const { preview, options, disabled, onAnswer } = props;
  const { t } = useTranslation('data');
  const value = answerGiven(question, options, preview);
  const open = question.blocking && value === null;
  const choices = choicesOf(question, preview);
  if (choices.length > fewChoices || question.choices.length === 0)
    return (
      <div className={classes['question']} data-open={open || undefined}>
        <Select
          label={t(`question.${question.code}`)}
          description={question.message}
          required={question.blocking}
          data={choices.map(({ value: own, label }) => ({ value: own, label }))}
          value={value}
          disabled={disabled}
          searchable
          maw={420}
          onChange={(next) => next && onAnswer(answerTo(question, next, preview))}
        />
      </div>
    );
  return (
    <div className={classes['question']} data-open={open || undefined}>
      <Radio.Group
        label={t(`question.${question.code}`)}
        description={question.message}
        required={question.blocking}
        value={value}
        onChange={(next) => onAnswer(answerTo(question, next, preview))}
      >
        <div className={classes['choices']}>
          {choices.map((choice) => (
            <Radio
              key={choice.value}
              value={choice.value}
              label={choice.label}
              description={choice.example}
              disabled={disabled}
            />
          ))}
        </div>
      </Radio.Group>
    </div>
  );
}

function RepairRow({ repair, ...props }: PartProps & { readonly repair: Repair }) {
  const { preview, disabled, onAnswer } = props;
  const { t } = useTranslation('data');
  const format = useFormat();
  return (
    <li className={classes['repair']}>
      <Switch
        checked={repair.applied}
        disabled={disabled}
        onChange={(event) => onAnswer(toggleRepair(preview, repair.code, event.currentTarget.checked))}
        label={
          <span className={classes['repairTitle']}>
            {t(`repair.${repair.code}`, { defaultValue: repair.title })}
            {repair.recommended ? <Tag tone="accent">{t('repair.recommended')}</Tag> : null}
            <Tag>{t('fact.rows', { count: repair.rows, rows: format.integer(repair.rows) })}</Tag>
          </span>
        }
        description={repair.message}
      />
      {repair.effect ? (
        <div className={classes['effect']}>
          <span>{repair.effect.figure}</span>
          <b>
            {format.number(repair.effect.before)}
            <IconArrowRight size={14} aria-label={t('repair.becomes')} />
            {format.number(repair.effect.after)}
          </b>
        </div>
      ) : null}
    </li>
  );
}

/** Every zone the clock of a meter may show. */
const zones = zoneNames();

function Choices({ preview, options, disabled, onAnswer }: PartProps) {
  const { t } = useTranslation('data');
  return (
    <div className={classes['choiceRow']}>
      <Select
        label={t('import.target')}
        description={t('import.targetHint')}
        data={targetChoices(preview.columns).map((c) => ({
          value: c.name,
          label: c.unit ? `${c.name} (${c.unit})` : c.name,
        }))}
        value={options.target ?? preview.target}
        placeholder={t('import.unknown')}
        disabled={disabled}
        allowDeselect={false}
        searchable
        onChange={(target) => target && onAnswer({ target })}
      />
      <TextInput
        label={t('import.name')}
        description={t('import.nameHint')}
        placeholder={
          preview.file
            .split(/[\\/]/)
            .pop()
            ?.replace(/(\.[a-z]+)+$/i, '') ?? ''
        }
        defaultValue={options.name ?? ''}
        disabled={disabled}
        onBlur={(event) => {
          const name = event.currentTarget.value.trim();
          if (name !== (options.name ?? '')) onAnswer({ name: name === '' ? undefined : name });
        }}
      />
      <Select
        label={t('import.zone')}
        description={t('import.zoneHint')}
        data={[...zones]}
        value={options.timezone ?? preview.timezone}
        placeholder={t('import.unknown')}
        disabled={disabled}
        searchable
        allowDeselect={false}
        limit={60}
        onChange={(timezone) => timezone && onAnswer({ timezone })}
      />
      <Select
        label={t('import.stamps')}
        description={t('import.stampsHint')}
        data={[
          { value: 'beginning', label: t('import.beginning') },
          { value: 'ending', label: t('import.ending') },
        ]}
        value={options.stamps ?? preview.stamps}
        disabled={disabled}
        allowDeselect={false}
        onChange={(stamps) => {
          if (stamps === 'beginning' || stamps === 'ending') onAnswer({ stamps });
        }}
      />
    </div>
  );
}

export function PreviewBody(props: PartProps) {
  const { preview } = props;
  const { t } = useTranslation('data');
  const questions = preview.questions.toSorted((a, b) => Number(b.blocking) - Number(a.blocking));
  const warnings = otherWarnings(preview.warnings, preview.columns);
  return (
    <Stack gap="lg">
      <Facts preview={preview} />
      {questions.length > 0 ? (
        <Part title={t('import.questions')} hint={t('import.questionsHint')}>
          <Stack gap="sm">
            {questions.map((question) => (
              <Question key={question.code} question={question} {...props} />
            ))}
          </Stack>
        </Part>
      ) : null}
      <LeakageNotice columns={preview.columns} target={preview.target} />
      {preview.repairs.length > 0 ? (
        <Part title={t('import.repairs')} hint={t('import.repairsHint')}>
          <ul className={classes['repairs']}>
            {preview.repairs.map((repair) => (
              <RepairRow key={`${repair.code}/${repair.column ?? ''}`} repair={repair} {...props} />
            ))}
          </ul>
        </Part>
      ) : null}
      {warnings.length > 0 ? (
        <Part title={t('import.warnings')}>
          <Stack gap="xs">
            {warnings.map((warning, i) => (
              <WarningNotice key={i} warning={warning} />
            ))}
          </Stack>
        </Part>
      ) : null}
      <Part title={t('import.choices')}>
        <Choices {...props} />
      </Part>
      <ReadOptions {...props} />
      <Part title={t('import.firstRows')}>
        <FirstRows preview={preview} />
      </Part>
    </Stack>
  );
}
