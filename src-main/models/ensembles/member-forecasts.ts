/** @file What the members of an ensemble forecast. */
import type { FittedModel, ForecastBatch, ForecastRequest } from '../estimator.ts';

/**
 * One after the other, so that two do not start a graphics driver at once. Points only: the ensemble has intervals of its own.
 * @param request hears of every member
 */
export async function forecastsOf(
  members: readonly FittedModel[],
  ...[frame, origins, horizon, gap, request]: Parameters<FittedModel['forecast']>
): Promise<ForecastBatch[]> {
  const batches: ForecastBatch[] = [];
  for (const [m, member] of members.entries()) {
    const part: ForecastRequest | undefined = request && {
      levels: [],
      device: request.device ?? null,
      progress: (fraction, message) => request.progress((m + fraction) / members.length, message),
      log: (level, message) => request.log(level, message),
    };
    batches.push(await member.forecast(frame, origins, horizon, gap, part));
  }
  return batches;
}
