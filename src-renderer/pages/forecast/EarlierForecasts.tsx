/** @file Forecasts made before, a click away. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ForecastSummary } from '../../../src-preload/contract/index.ts';
import { useRecipeTitle } from '../../stores/recipes.ts';
import { toHash } from '../../stores/router.ts';
import { SectionCard } from '../../widgets/SectionCard.tsx';
import { useFormat } from '../../widgets/use-format.ts';
import classes from './forecast.module.css';

const first = 6;

export function EarlierForecasts({
  list,
  current,
}: {
  readonly list: readonly ForecastSummary[];
  readonly current: string | null;
}) {
  const { t } = useTranslation(['forecast', 'common']);
  const format = useFormat();
  const titleOf = useRecipeTitle();
  const [all, setAll] = useState(false);
  if (list.length === 0) return null;
  return (
    <SectionCard title={t('earlier.title')} flush>
      <ul className={classes['earlier']}>
        {(all ? list : list.slice(0, first)).map((item) => (
          <li key={item.id}>
            <a href={toHash('forecast', item.id)} aria-current={item.id === current ? 'true' : undefined}>
              <strong>{format.dateTime(item.issuedAt)}</strong>
              <span>
                {titleOf(item.recipe)} · {t('earlier.steps', { count: item.horizon })}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {list.length > first ? (
        <Button variant="subtle" size="compact-sm" m="xs" aria-expanded={all} onClick={() => setAll(!all)}>
          {t(all ? 'common:action.showLess' : 'common:action.showAll')}
        </Button>
      ) : null}
    </SectionCard>
  );
}
