import type { ApiClient } from '../../api/client';
import { shakeHands, VERSION } from '../handshake';

function serverOf(version: string): ApiClient {
  return {
    http: { GET: () => undefined },
    call: async () => ({ version })
  } as unknown as ApiClient;
}

it.each([
  ['1.2.3', '1.2.3'],
  ['1.0.0-alpha.1', '1.0.0a1'],
  ['1.0.0-beta.12', '1.0.0b12'],
  ['1.0.0-rc.0', '1.0.0rc0']
])('takes npm’s %s and Python’s %s for the same', async (npm, python) => {
  await expect(shakeHands(serverOf(python), npm)).resolves.toBeUndefined();
});

it('says which versions differ', async () => {
  await expect(shakeHands(serverOf('9.9.9'))).rejects.toMatchObject({
    envelope: { code: 'VersionMismatch', message: expect.stringContaining(VERSION) }
  });
});
