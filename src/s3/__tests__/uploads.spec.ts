import { Signal } from '@lumino/signaling';
import { SmextError } from '../../api/client';
import type { Task } from '../../api/types';
import type { ITasks } from '../../tokens';
import { S3Changes } from '../changes';
import type { S3Service } from '../service';
import { besides, Uploads } from '../uploads';

it.each([
  ['a.csv', 'a (1).csv'],
  ['d.x/a (1).csv', 'd.x/a (2).csv'],
  ['d.x/noextension', 'd.x/noextension (1)'],
  ['model.tar.gz', 'model.tar (1).gz'],
  ['line\nbreak.txt', 'line\nbreak (1).txt']
])('names a copy beside %j', (key, expected) => expect(besides(key)).toBe(expected));

/** A bucket in memory behind the service's methods, and tasks that end as `ends` says. */
function uploadsTo(bucket: Map<string, string>, ends: Partial<Task> = {}) {
  const owner = {};
  const cancelling = new Signal<ITasks, string>(owner as ITasks);
  const tasks = {
    cancelling,
    follow: async () => ({ state: 'succeeded', ...ends }) as Task,
    refresh: async () => undefined
  } as unknown as ITasks;
  const service = {
    announceUpload: jest.fn(async ({ key, overwrite }: { key: string; overwrite: boolean }) => {
      if (bucket.has(key) && !overwrite) {
        throw new SmextError({ code: 'Conflict', message: key, retryable: false }, 409);
      }
      return { id: `task of ${key}` };
    }),
    upload: jest.fn(async ({ key }: { key: string }, body: Blob) => {
      bucket.set(key, `${body.size} B`);
    })
  };
  const uploads = new Uploads(service as unknown as S3Service, tasks, new S3Changes());
  return { uploads, service, cancelling };
}

const target = { bucket: 'b', prefix: 'in/' };
const files = ['x', 'y', 'z'].map(path => ({ path, file: new Blob([path]) }));

describe('Uploads', () => {
  it('puts conflicts to the person once, after the others are up', async () => {
    const bucket = new Map([
      ['in/x', 'old'],
      ['in/z', 'old']
    ]);
    const { uploads } = uploadsTo(bucket);
    const choose = jest.fn(async () => 'skip' as const);
    const report = await uploads.upload(files, target, choose);
    expect(choose.mock.calls).toEqual([[['in/x', 'in/z']]]);
    expect(report).toMatchObject({ uploaded: 1, skipped: 2, failed: [] });
    expect(bucket.get('in/x')).toBe('old');
  });

  it('overwrites when told, and keeps both when told', async () => {
    const bucket = new Map([
      ['in/x', 'old'],
      ['in/x (1)', 'older']
    ]);
    const { uploads } = uploadsTo(bucket);
    await uploads.upload(files.slice(0, 1), target, async () => 'keep-both');
    expect([...bucket]).toEqual([
      ['in/x', 'old'],
      ['in/x (1)', 'older'],
      ['in/x (2)', '1 B']
    ]);
    await uploads.upload(files.slice(0, 1), target, async () => 'overwrite');
    expect(bucket.get('in/x')).toBe('1 B');
  });

  it('asks nothing about folders that exist', async () => {
    const bucket = new Map([['in/empty/', '0 B']]);
    const { uploads } = uploadsTo(bucket);
    const choose = jest.fn(async () => 'keep-both' as const);
    const empty = { path: 'empty/', file: new Blob() };
    const report = await uploads.upload([empty, files[0]], target, choose);
    expect(choose).not.toHaveBeenCalled();
    expect(report).toMatchObject({ uploaded: 1, skipped: 1, failed: [] });
  });

  it('reports what failed, and sends the others', async () => {
    const bucket = new Map<string, string>();
    const { uploads, service } = uploadsTo(bucket);
    service.upload.mockImplementationOnce(async () => {
      throw new SmextError({ code: 'AccessDenied', message: 'no', retryable: false }, 403);
    });
    const report = await uploads.upload(files, target, async () => 'skip');
    expect(report.uploaded).toBe(2);
    expect(report.failed.map(each => each.error.envelope.code)).toEqual(['AccessDenied']);
  });

  it('takes the reason from the task where the connection was cut', async () => {
    const { uploads, service } = uploadsTo(new Map(), {
      state: 'failed',
      error: { code: 'TooLarge', message: 'too large' } as Task['error']
    });
    service.upload.mockImplementationOnce(async () => {
      throw new SmextError({ code: 'Network', message: 'cut', retryable: true }, 0);
    });
    const report = await uploads.upload(files.slice(0, 1), target, async () => 'skip');
    expect(report.failed[0].error.envelope.code).toBe('TooLarge');
  });

  it('breaks off the request of a cancelled task', async () => {
    const { uploads, service, cancelling } = uploadsTo(new Map());
    service.upload.mockImplementationOnce(
      (_target: unknown, _body: unknown, ...rest: unknown[]) =>
        new Promise((_, reject) => {
          const signal = rest[0] as AbortSignal;
          signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
          cancelling.emit('task of in/x');
        })
    );
    const report = await uploads.upload(files.slice(0, 1), target, async () => 'skip');
    expect(report).toMatchObject({ uploaded: 0, cancelled: 1, failed: [] });
  });
});
