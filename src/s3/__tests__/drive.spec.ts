import type { ServerConnection } from '@jupyterlab/services';
import { SmextError } from '../../api/client';
import type { SaveRequest } from '../../api/types';
import { hasPath, S3Drive } from '../edit/drive';
import type { ObjectService } from '../object/service';

/** One object in memory; every save makes a new version, a second later. */
function driveOn(object: { text: string; version: number }) {
  const modified = (): string => new Date(1e12 + object.version * 1000).toISOString();
  const etag = (): string => `v${object.version}`;
  const objects = {
    details: async () => ({ etag: etag(), last_modified: modified(), size: 1, content_type: null }),
    openText: async () => ({ text: object.text, encoding: 'utf-8', etag: etag() }),
    saveText: async (request: SaveRequest) => {
      if (request.etag !== etag()) {
        throw new SmextError({ code: 'PreconditionFailed', message: '', retryable: false }, 412);
      }
      object.text = request.text;
      object.version += 1;
      return { text: object.text, encoding: 'utf-8', etag: etag() };
    }
  };
  return new S3Drive({} as ServerConnection.ISettings, objects as unknown as ObjectService);
}

describe('S3Drive', () => {
  it('opens and saves, again and again', async () => {
    const object = { text: 'one', version: 1 };
    const drive = driveOn(object);
    const model = await drive.get('bucket/a/b.txt');
    expect(model).toMatchObject({ name: 'b.txt', content: 'one', format: 'text' });
    await drive.save('bucket/a/b.txt', { content: 'two' });
    await drive.save('bucket/a/b.txt', { content: 'three' });
    expect(object).toEqual({ text: 'three', version: 3 });
  });

  it('does not overwrite what somebody else saved', async () => {
    const object = { text: 'one', version: 1 };
    const drive = driveOn(object);
    await drive.get('bucket/x');
    object.text = 'theirs';
    object.version = 2;
    await expect(drive.save('bucket/x', { content: 'mine' })).rejects.toMatchObject({
      envelope: { code: 'PreconditionFailed' }
    });
    expect(object.text).toBe('theirs');
  });

  it('overwrites it when JupyterLab has shown the conflict and the person insists', async () => {
    const object = { text: 'one', version: 1 };
    const drive = driveOn(object);
    await drive.get('bucket/x');
    object.version = 2;
    await drive.get('bucket/x', { content: false });
    await drive.save('bucket/x', { content: 'mine' });
    expect(object.text).toBe('mine');
  });

  it.each([
    ['a/b.txt', true],
    ['a//b.txt', false],
    ['/a', false],
    ['a/../b', false],
    ['a/./b', false],
    ['a/', false],
    ['ünï code+%.txt', true]
  ])('knows whether %j can be a path', (key, expected) =>
    expect(hasPath('bucket', key)).toBe(expected)
  );
});
