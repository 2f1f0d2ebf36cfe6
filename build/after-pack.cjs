/** @file Locks the packaged runtime down, before it is signed: no Node mode, no inspection, only code from a verified archive. */
const path = require('node:path');

const executables = {
  darwin: (name) => `${name}.app`,
  win32: (name) => `${name}.exe`,
  linux: (name) => name.toLowerCase(),
};

/** What each fuse is set to; read back by the tests. */
const fuses = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
};

module.exports = async ({ appOutDir, packager, electronPlatformName }) => {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  const name = executables[electronPlatformName](packager.appInfo.productFilename);
  const settings = Object.fromEntries(Object.entries(fuses).map(([fuse, on]) => [FuseV1Options[fuse], on]));
  await flipFuses(path.join(appOutDir, name), {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: electronPlatformName === 'darwin',
    ...settings,
  });
};
module.exports.fuses = fuses;
