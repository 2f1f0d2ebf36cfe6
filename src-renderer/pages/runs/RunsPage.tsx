/** @file Runs: the list, or one of them when the address names it. */
import { useRoute } from '../../stores/router.ts';
import { RunDetailPage } from './RunDetailPage.tsx';
import { RunListPage } from './RunListPage.tsx';

export default function RunsPage() {
  const { id } = useRoute();
  return id === null ? <RunListPage /> : <RunDetailPage key={id} id={id} />;
}
