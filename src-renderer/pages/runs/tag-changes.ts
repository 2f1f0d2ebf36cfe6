/** @file What must be told to the service so that the tags become those of the form. Pure. */

/**
 * @param rows key and value as typed; rows without a key are not tags, the last of two equal keys counts
 * @returns changed and new tags, and null for those that are gone
 */
export function tagChanges(
  before: Readonly<Record<string, string>>,
  rows: readonly (readonly [string, string])[],
): Record<string, string | null> {
  const after = new Map(
    rows.map(([key, value]) => [key.trim(), value.trim()] as const).filter(([key]) => key !== ''),
  );
  const changes: Record<string, string | null> = {};
  for (const key of Object.keys(before)) if (!after.has(key)) changes[key] = null;
  for (const [key, value] of after) if (before[key] !== value) changes[key] = value;
  return changes;
}
