/** @file The recipes as cards, by family: what each is for, in a line; several can be chosen. */
import { Button, Checkbox } from '@mantine/core';
import { IconAdjustments, IconClockHour4 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RecipeSummary } from '../../../src-preload/contract/index.ts';
import { isDirty, recipesStore, useRecipes, useRecipeTitle } from '../../stores/recipes.ts';
import { Tag } from '../../widgets/StatusTag.tsx';
import classes from './train.module.css';

const families = ['baseline', 'linear', 'boosting', 'ensemble', 'foundation'] as const;

export function ModelCards({ list }: { readonly list: readonly RecipeSummary[] }) {
  const { t } = useTranslation('train');
  return (
    <div className={classes['families']}>
      {families.map((family) => {
        const cards = list.filter((card) => card.family === family);
        if (cards.length === 0) return null;
        return (
          <section key={family} aria-labelledby={`family-${family}`}>
            <h2 className={classes['family']} id={`family-${family}`}>
              {t(`family.${family}.title`)}
              <span>{t(`family.${family}.text`)}</span>
            </h2>
            <div className={classes['cards']}>
              {cards.map((card) => (
                <ModelCard key={card.name} card={card} />
              ))}
            </div>
          </section>
        );
      })}
    </div>
  );
}

function ModelCard({ card }: { readonly card: RecipeSummary }) {
  const { t, i18n } = useTranslation('train');
  const selected = useRecipes((state) => state.selected.has(card.name));
  const changed = useRecipes((state) => {
    const draft = state.drafts[card.name];
    return draft !== undefined && isDirty(draft);
  });
  const { toggle, openDraft } = recipesStore.getState();
  // templates have texts of ours in the user's language; the user's own recipes speak for themselves
  const title = useRecipeTitle()(card.name);
  const key = `card.${card.name.replace(/\.ya?ml$/, '')}.text`;
  const text = card.builtIn && i18n.exists(`train:${key}`) ? t(key) : card.description;
  return (
    <article className={classes['card']} data-selected={selected} data-later={!card.engineReady}>
      <label className={classes['cardMain']}>
        <Checkbox
          checked={selected}
          disabled={!card.engineReady}
          onChange={() => toggle(card.name)}
          aria-label={t('cards.choose', { title })}
          mt={2}
        />
        <span>
          <strong className={classes['cardTitle']}>{title}</strong>
          <span className={classes['cardText']}>{text}</span>
        </span>
      </label>
      <div className={classes['cardFoot']}>
        <span className={classes['cardTags']}>
          {card.engineReady ? null : (
            <Tag icon={<IconClockHour4 size={12} aria-hidden />}>{t('later.tag')}</Tag>
          )}
          {card.builtIn ? null : <Tag tone="accent">{t('cards.own')}</Tag>}
          {changed ? <Tag tone="warn">{t('editor.changed')}</Tag> : null}
          {card.task === 'regression' ? <Tag tone="info">{t('cards.regression')}</Tag> : null}
          {card.task === 'classification' ? <Tag tone="info">{t('cards.classification')}</Tag> : null}
        </span>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconAdjustments size={15} aria-hidden />}
          aria-label={t('cards.openLabel', { title })}
          onClick={() => void openDraft(card.name)}
        >
          {t('cards.open')}
        </Button>
      </div>
    </article>
  );
}
