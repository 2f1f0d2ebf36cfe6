/** @file A screen that fails takes only itself down: the rest stays usable, and the reader is told. */
import { Component } from 'react';
import type { ReactNode } from 'react';
import { toErrorData } from '../../src-preload/contract/errors.ts';
import type { ErrorData } from '../../src-preload/contract/errors.ts';
import { ErrorState } from '../widgets/ErrorState.tsx';

interface Props {
  readonly children: ReactNode;
}
interface State {
  readonly error: ErrorData | null;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { error: toErrorData(thrown) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div style={{ padding: '1.5rem', maxWidth: 720 }}>
        <ErrorState error={error} onRetry={() => this.setState({ error: null })} />
      </div>
    );
  }
}
