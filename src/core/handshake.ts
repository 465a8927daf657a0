import type { ApiClient } from '../api/client';
import { SmextError } from '../api/client';

// Importing it would make package.json a source file of the TypeScript project and move its output folder.
declare const require: (path: string) => { version: string };

/** Version of this front end. */
export const VERSION = require('../../package.json').version;

/**
 * Ask the server part for its version.
 *
 * Throws a SmextError where it is missing (`ServerPartMissing`), of another version (`VersionMismatch`), or where the
 * Jupyter server does not answer (`Network`).
 */
export async function shakeHands(api: ApiClient, version: string = VERSION): Promise<void> {
  const { version: serverVersion } = await api.call(api.http.GET('/jupyter-smext/api/handshake'));
  if (pythonVersion(version) !== serverVersion) {
    throw new SmextError(
      {
        code: 'VersionMismatch',
        message: `The panel is version ${version}, its server part is version ${serverVersion}.`,
        hint:
          'Reload this page. If the message stays, restart the Jupyter server: ' +
          'it still runs the version that was installed when it started.',
        retryable: true
      },
      0
    );
  }
}

/** How Python writes a version that npm writes with a dash: `1.0.0-beta.2` is `1.0.0b2`. */
function pythonVersion(version: string): string {
  return version
    .replace(/-alpha\.?/, 'a')
    .replace(/-beta\.?/, 'b')
    .replace(/-rc\.?/, 'rc');
}
