/** @file Settings: one row per key, so that two versions of the app do not overwrite each other's keys. */
import { availableParallelism } from 'node:os';
import { settingsSchema } from '../../src-preload/contract/index.ts';
import type { Settings } from '../../src-preload/contract/index.ts';
import type { Db } from './db.ts';
import type { Workspace } from './types.ts';

/**
 * Two runs side by side keep two cores busier than one run with two threads (loading, evaluation and process start
 * are serial); with many cores a run has four threads or more and the data of at most eight runs is in memory.
 */
export function defaultParallelRuns(cores: number): number {
  return Math.max(1, Math.min(8, cores <= 4 ? Math.min(2, cores) : Math.floor(cores / 4)));
}

export function createSettingsRepository(db: Db): Pick<Workspace, 'getSettings' | 'setSettings'> {
  const getSettings = (): Settings => {
    const settings: Settings = {
      language: 'system',
      theme: 'system',
      parallelRuns: defaultParallelRuns(availableParallelism()),
      country: null,
      proxy: null,
      modelMirror: null,
    };
    const stored = db.all<{ key: string; value_json: string }>('SELECT key, value_json FROM setting');
    const partial = settingsSchema.partial();
    for (const row of stored) {
      // an unknown key or a value out of today's range falls back to the default instead of locking the user out
      const parsed = partial.safeParse({ [row.key]: JSON.parse(row.value_json) as unknown });
      if (parsed.success) Object.assign(settings, parsed.data);
    }
    return settings;
  };
  return {
    getSettings,
    setSettings(change) {
      const parsed = settingsSchema.partial().parse(change);
      return db.transaction(() => {
        for (const [key, value] of Object.entries(parsed)) {
          if (value === undefined) continue;
          db.run(
            'INSERT INTO setting (key, value_json) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value_json = excluded.value_json',
            key,
            JSON.stringify(value),
          );
        }
        return getSettings();
      });
    },
  };
}
