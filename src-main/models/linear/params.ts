/** @file Parameters of the linear model, named as in scikit-learn's Ridge. */
import { z } from 'zod';

export const linearParamsSchema = z.strictObject({
  alpha: z
    .number()
    .nonnegative()
    .max(1e12)
    .default(0.03)
    .describe('L2 penalty per training row on standardised columns; 0 is ordinary least squares'),
  fit_intercept: z.boolean().default(true).describe('Fit a constant term'),
});
export type LinearParams = z.infer<typeof linearParamsSchema>;
