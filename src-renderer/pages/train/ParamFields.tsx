/** @file A model's own parameters as inputs, from the schema of its type. */
import { Select, SimpleGrid, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fieldsAt } from '../../stores/recipes-schema.ts';
import type { Schema, SchemaField } from '../../stores/recipes-schema.ts';
import { NumberField, TextField } from './fields.tsx';
import { isAlias, shownDefault, valueText } from './param-values.ts';

export function ParamFields({
  schema,
  modelType,
  params,
  disabled,
  onEdit,
}: {
  readonly schema: Schema | null;
  readonly modelType: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly disabled: boolean;
  readonly onEdit: (set: Readonly<Record<string, unknown>>) => void;
}) {
  const { t } = useTranslation('train');
  const known = schema ? fieldsAt(schema, ['model', 'params'], modelType) : [];
  // an alias is shown only where the recipe uses it: both names of one thing would confuse
  const fields = known.filter((field) => !isAlias(field) || field.key in params);
  const extra = Object.keys(params).filter((key) => !known.some((field) => field.key === key));
  if (fields.length + extra.length === 0) return <p style={{ margin: 0 }}>{t('form.noParams')}</p>;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing="sm">
      {fields.map((field) => (
        <ParamField
          key={field.key}
          field={field}
          value={params[field.key]}
          disabled={disabled}
          onCommit={(value) => onEdit({ [`model.params.${field.key}`]: value })}
        />
      ))}
      {extra.map((key) => (
        <TextField
          key={key}
          label={key}
          value={valueText(params[key])}
          disabled={disabled}
          onCommit={(value) => onEdit({ [`model.params.${key}`]: value })}
        />
      ))}
    </SimpleGrid>
  );
}

function ParamField({
  field,
  value,
  disabled,
  onCommit,
}: {
  readonly field: SchemaField;
  readonly value: unknown;
  readonly disabled: boolean;
  readonly onCommit: (value: unknown) => void;
}) {
  const common = {
    label: field.key,
    ...(field.description ? { description: field.description } : {}),
    placeholder: shownDefault(field),
    disabled,
  };
  /** an emptied field goes back to the default, written out so that the recipe says what runs */
  const orDefault = (next: unknown): void => {
    const cleared = next === null || next === '';
    if (!cleared) onCommit(next);
    else if (field.default !== undefined) onCommit(field.default);
  };
  switch (field.kind) {
    case 'boolean':
      return (
        <Switch
          {...common}
          mt={6}
          checked={Boolean(value ?? field.default)}
          onChange={(event) => onCommit(event.currentTarget.checked)}
        />
      );
    case 'integer':
    case 'number':
      return (
        <NumberField
          {...common}
          integer={field.kind === 'integer'}
          value={typeof value === 'number' ? value : null}
          min={field.minimum ?? undefined}
          max={field.maximum ?? undefined}
          onCommit={orDefault}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          data={[...new Set(field.choices)]}
          value={typeof value === 'string' ? value : null}
          onChange={orDefault}
          allowDeselect={false}
        />
      );
    case 'text':
    case 'list':
    case 'object':
      return <TextField {...common} value={valueText(value)} onCommit={orDefault} />;
  }
}
