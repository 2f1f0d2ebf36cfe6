/** @file Recipes: the cards, and the one being edited, as text and as form. The text is the truth; the form edits it. */
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createStore, useStore } from 'zustand';
import type { Recipe, RecipeIssue, RecipeSummary } from '../../src-preload/contract/index.ts';
import { call } from './client.ts';
import type { Call } from './client.ts';
import { failed, idle, loading, valueOf } from './resource.ts';
import type { Resource } from './resource.ts';

export interface RecipeDraft {
  /** the card it came from */
  readonly name: string;
  readonly text: string;
  readonly savedText: string;
  readonly issues: readonly RecipeIssue[];
  /** the last text that could be read; what the form shows while the YAML is being typed */
  readonly recipe: Recipe | null;
  /** false while the text does not parse: the form is then read-only */
  readonly valid: boolean;
  readonly checking: boolean;
}

const ready: Resource<true> = { status: 'ready', value: true };

export interface RecipesState {
  readonly list: Resource<readonly RecipeSummary[]>;
  /** JSON schema of a recipe, for completion and the fields of a model's parameters */
  readonly schema: Readonly<Record<string, unknown>> | null;
  readonly selected: ReadonlySet<string>;
  /** drafts by card, so that switching between cards loses nothing */
  readonly drafts: Readonly<Record<string, RecipeDraft>>;
  readonly open: string | null;
  /** how opening or changing the open draft went */
  readonly opened: Resource<true>;
  load(): Promise<void>;
  toggle(name: string): void;
  selectOnly(names: readonly string[]): void;
  openDraft(name: string): Promise<void>;
  closeDraft(): void;
  /** text typed in the YAML view: kept at once, checked when typing pauses */
  setText(text: string): void;
  /** a change made in the form, written into the text with comments and layout kept */
  edit(set: Readonly<Record<string, unknown>>): Promise<void>;
  revert(): void;
  /** @param title also written into the recipe, so that its card and its runs carry it */
  saveAs(name: string, title?: string): Promise<RecipeSummary>;
}
export const isDirty = (draft: RecipeDraft): boolean => draft.text !== draft.savedText;

/** A file name for a recipe of the user's: `My plant, v2` becomes `my_plant_v2.yaml`. */
export function recipeFileName(title: string): string {
  const stem = title
    .trim()
    .replace(/\.ya?ml$/i, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return stem === '' ? '' : `${stem}.yaml`;
}

/** A name for people where the list of recipes does not know it: `my_plant_config.yaml` becomes `my plant`. */
export const plainRecipeName = (name: string): string =>
  name
    .replace(/^.*[\\/]/, '')
    .replace(/\.ya?ml$/i, '')
    .replace(/_config$/, '')
    .replaceAll('_', ' ');

/** What goes to `runs.start` for the chosen cards: an edited draft as its text, all others by name. */
export function recipesToStart(
  names: readonly string[],
  drafts: Readonly<Record<string, RecipeDraft>>,
): string[] {
  return names.map((name) => {
    const draft = drafts[name];
    return draft && isDirty(draft) ? draft.text : name;
  });
}

export function createRecipesStore(api: Call, checkAfterMs = 250) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** form edits in their order: each starts from the text the one before it made */
  let edits: Promise<void> = Promise.resolve();

  return createStore<RecipesState>()((set, get) => {
    const patch = (name: string, change: Partial<RecipeDraft>): void => {
      const draft = get().drafts[name];
      if (draft) set({ drafts: { ...get().drafts, [name]: { ...draft, ...change } } });
    };

    /** An answer about a text that has changed since is dropped. */
    const check = async (name: string, text: string): Promise<void> => {
      patch(name, { checking: true });
      try {
        const { issues, recipe } = await api('recipes.validate', { text });
        if (get().drafts[name]?.text !== text) return;
        patch(name, {
          issues,
          valid: recipe !== null,
          checking: false,
          ...(recipe === null ? {} : { recipe }),
        });
      } catch (thrown) {
        if (get().drafts[name]?.text !== text) return;
        patch(name, { checking: false });
        set({ opened: failed(get().opened, thrown) });
      }
    };

    return {
      list: idle,
      schema: null,
      selected: new Set(),
      drafts: {},
      open: null,
      opened: idle,

      load: async () => {
        set({ list: loading(get().list) });
        try {
          const [list, schema] = await Promise.all([
            api('recipes.list', {}),
            get().schema ?? api('recipes.schema', {}),
          ]);
          set({ list: { status: 'ready', value: list }, schema });
        } catch (thrown) {
          set({ list: failed(get().list, thrown) });
        }
      },

      toggle: (name) => {
        const selected = new Set(get().selected);
        if (!selected.delete(name)) selected.add(name);
        set({ selected });
      },
      selectOnly: (names) => set({ selected: new Set(names) }),

      openDraft: async (name) => {
        set({ open: name, opened: get().drafts[name] ? ready : loading(idle) });
        if (get().drafts[name]) return;
        try {
          const { text } = await api('recipes.get', { name });
          const draft: RecipeDraft = {
            name,
            text,
            savedText: text,
            issues: [],
            recipe: null,
            valid: true,
            checking: true,
          };
          set({ drafts: { ...get().drafts, [name]: draft } });
          await check(name, text);
          if (get().opened.status === 'loading') set({ opened: ready });
        } catch (thrown) {
          if (get().open === name) set({ opened: failed(get().opened, thrown) });
        }
      },
      closeDraft: () => set({ open: null }),

      setText: (text) => {
        const name = get().open;
        if (name === null || get().drafts[name]?.text === text) return;
        patch(name, { text, checking: true });
        clearTimeout(timer);
        timer = setTimeout(() => void check(name, text), checkAfterMs);
      },

      edit: (changes) => {
        const name = get().open;
        if (name === null) return Promise.resolve();
        edits = edits.then(async () => {
          const before = get().drafts[name]?.text;
          if (before === undefined) return;
          try {
            const { text } = await api('recipes.edit', { text: before, set: changes });
            // the user typed meanwhile: what was typed wins
            if (get().drafts[name]?.text !== before) return;
            patch(name, { text });
            await check(name, text);
          } catch (thrown) {
            set({ opened: failed(get().opened, thrown) });
          }
        });
        return edits;
      },

      revert: () => {
        const name = get().open;
        const draft = name === null ? undefined : get().drafts[name];
        if (!draft) return;
        patch(draft.name, { text: draft.savedText });
        void check(draft.name, draft.savedText);
      },

      saveAs: async (name, title) => {
        const open = get().open;
        const draft = open === null ? undefined : get().drafts[open];
        if (!draft) throw new Error('No recipe is open.');
        const text =
          title === undefined
            ? draft.text
            : (await api('recipes.edit', { text: draft.text, set: { name: title } })).text;
        const saved = await api('recipes.save', { name, text });
        const own: RecipeDraft = { ...draft, name: saved.name, text, savedText: text };
        const original: RecipeDraft = { ...draft, text: draft.savedText };
        const selected = new Set(get().selected);
        if (selected.delete(draft.name)) selected.add(saved.name);
        set({
          drafts: {
            ...get().drafts,
            ...(saved.name === draft.name ? {} : { [draft.name]: original }),
            [saved.name]: own,
          },
          list: {
            status: 'ready',
            value: [...(valueOf(get().list) ?? []).filter((item) => item.name !== saved.name), saved],
          },
          open: saved.name,
          selected,
        });
        if (saved.name !== draft.name) void check(draft.name, original.text);
        void check(saved.name, text);
        return saved;
      },
    };
  });
}

export const recipesStore = createRecipesStore(call);
export const useRecipes = <T>(select: (state: RecipesState) => T): T => useStore(recipesStore, select);

/** Titles of recipes by file name. */
export function useRecipeTitle(): (name: string) => string {
  const list = useRecipes((state) => state.list);
  const { t, i18n } = useTranslation('train');
  return useMemo(() => {
    const own = new Map(
      (valueOf(list) ?? []).filter((item) => !item.builtIn).map((item) => [item.name, item.title]),
    );
    const listed = new Map((valueOf(list) ?? []).map((item) => [item.name, item.title]));
    return (name) => {
      const key = `card.${name.replace(/\.ya?ml$/, '')}.title`;
      // templates are called the same everywhere, in the user's language; the user's own as he called them
      if (!own.has(name) && i18n.exists(`train:${key}`)) return t(key);
      return listed.get(name) ?? plainRecipeName(name);
    };
  }, [list, t, i18n]);
}

/** Loads the cards once; pages that only need titles call it too. */
export function useRecipesLoaded(): void {
  useEffect(() => {
    if (recipesStore.getState().list.status === 'idle') void recipesStore.getState().load();
  }, []);
}
