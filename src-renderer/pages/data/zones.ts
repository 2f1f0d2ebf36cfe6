/** @file Time zones to choose from. */

/** All zones of the platform, UTC first: it is what a clock without daylight saving is kept as. */
export const zoneNames = (): readonly string[] => [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC'),
];
