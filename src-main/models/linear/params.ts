/** @file Parameters of the linear model, named as in scikit-learn's Ridge. */
import { z } from 'zod';

export const linearParamsSchema = z.strictObject({
  alpha: z
    .union([z.literal('auto'), z.number().nonnegative().max(1e12)])
    .default('auto')
    .describe(
      'L2 penalty per training row on standardised columns; 0: ordinary least squares; auto: chosen on the newest fifth of the rows (scikit-learn: 1 in total)',
    ),
  fit_intercept: z.boolean().default(true).describe('Fit a constant term'),
});
export type LinearParams = z.infer<typeof linearParamsSchema>;
