/** @file The screens. Each is loaded when first shown. */
import { lazy } from 'react';
import type { ComponentType, LazyExoticComponent } from 'react';
import type { PageId } from '../stores/router.ts';

export const screens: Readonly<Record<PageId, LazyExoticComponent<ComponentType>>> = {
  data: lazy(() => import('./data/DataPage.tsx')),
  train: lazy(() => import('./train/TrainPage.tsx')),
  runs: lazy(() => import('./runs/RunsPage.tsx')),
  compare: lazy(() => import('./compare/ComparePage.tsx')),
  forecast: lazy(() => import('./forecast/ForecastPage.tsx')),
  settings: lazy(() => import('./settings/SettingsPage.tsx')),
};
