/** @file Narrowing a {@link FitContext} for a part of a fit. */
import type { FitContext } from './estimator.ts';

/** A context whose progress runs over `from .. from + share` of the whole; messages and curves may be changed too. */
export function partOf(
  context: FitContext,
  from: number,
  share: number,
  more: Partial<Pick<FitContext, 'curve' | 'log'>> & { label?: string } = {},
): FitContext {
  const { label } = more;
  return {
    seed: context.seed,
    threads: context.threads,
    device: context.device ?? null,
    foundation: context.foundation ?? null,
    progress: (fraction, message) => {
      context.progress(from + share * fraction, label && message ? `${label}: ${message}` : message);
    },
    curve: more.curve ?? ((name, x, y) => context.curve(name, x, y)),
    log: more.log ?? ((level, message) => context.log(level, message)),
  };
}

/** For `curve` of a part whose curves would only confuse. */
export const noCurve: FitContext['curve'] = () => undefined;
