/** @file The screens, in the order of the work. Each is loaded when first shown. */
import {
  IconChartAreaLine,
  IconChartHistogram,
  IconDatabase,
  IconPlayerPlay,
  IconSettings,
  IconTimelineEvent,
} from '@tabler/icons-react';
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';
import type { PageId } from '../stores/router.ts';

export interface PageRoute {
  readonly id: PageId;
  readonly icon: typeof IconDatabase;
  /** second key of the shortcut `g …` */
  readonly key: string;
  readonly component: LazyExoticComponent<ComponentType>;
}

export const routes: readonly PageRoute[] = [
  { id: 'data', icon: IconDatabase, key: 'd', component: lazy(() => import('./data/DataPage.tsx')) },
  { id: 'train', icon: IconPlayerPlay, key: 't', component: lazy(() => import('./train/TrainPage.tsx')) },
  { id: 'runs', icon: IconTimelineEvent, key: 'r', component: lazy(() => import('./runs/RunsPage.tsx')) },
  {
    id: 'compare',
    icon: IconChartHistogram,
    key: 'c',
    component: lazy(() => import('./compare/ComparePage.tsx')),
  },
  {
    id: 'forecast',
    icon: IconChartAreaLine,
    key: 'f',
    component: lazy(() => import('./forecast/ForecastPage.tsx')),
  },
  {
    id: 'settings',
    icon: IconSettings,
    key: 's',
    component: lazy(() => import('./settings/SettingsPage.tsx')),
  },
];
