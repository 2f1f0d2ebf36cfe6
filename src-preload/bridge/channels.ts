/** @file The three channels between window and shell. */
export const callChannel = 'voltcast:call';
export const eventChannel = 'voltcast:event';
export const openFilesChannel = 'voltcast:open-files';
