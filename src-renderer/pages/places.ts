/** @file The places of the app, in the order of the work: what navigation and shortcuts need, without the screens. */
import {
  IconChartAreaLine,
  IconChartHistogram,
  IconDatabase,
  IconPlayerPlay,
  IconSettings,
  IconTimelineEvent,
} from '@tabler/icons-react';
import type { PageId } from '../stores/router.ts';

export interface Place {
  readonly id: PageId;
  readonly icon: typeof IconDatabase;
  /** second key of the shortcut `g …` */
  readonly key: string;
}

export const places: readonly Place[] = [
  { id: 'data', icon: IconDatabase, key: 'd' },
  { id: 'train', icon: IconPlayerPlay, key: 't' },
  { id: 'runs', icon: IconTimelineEvent, key: 'r' },
  { id: 'compare', icon: IconChartHistogram, key: 'c' },
  { id: 'forecast', icon: IconChartAreaLine, key: 'f' },
  { id: 'settings', icon: IconSettings, key: 's' },
];
