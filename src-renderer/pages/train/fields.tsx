/** @file Inputs that hand on their value when the user is done with it, not at every key: each change rewrites the YAML. */
import { NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';

interface Common {
  readonly label: ReactNode;
  readonly description?: ReactNode;
  readonly placeholder?: string;
  readonly disabled?: boolean;
}

export function NumberField({
  value,
  onCommit,
  min,
  max,
  integer = false,
  ...common
}: Common & {
  readonly value: number | null;
  /** null: the field was emptied */
  readonly onCommit: (value: number | null) => void;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly integer?: boolean;
}) {
  const [typed, setTyped] = useState<string | number | null>(null);
  const commit = (): void => {
    if (typed === null) return;
    const next = typed === '' ? null : Number(typed);
    setTyped(null);
    if (next !== value && (next === null || Number.isFinite(next))) onCommit(next);
  };
  return (
    <NumberInput
      {...common}
      value={typed ?? value ?? ''}
      onChange={setTyped}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
      allowDecimal={!integer}
      thousandSeparator={false}
    />
  );
}

export function TextField({
  value,
  onCommit,
  ...common
}: Common & { readonly value: string; readonly onCommit: (value: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const commit = (): void => {
    if (typed === null) return;
    setTyped(null);
    if (typed !== value) onCommit(typed);
  };
  return (
    <TextInput
      {...common}
      value={typed ?? value}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
