import { SmextError } from '../../api/client';
import type { FindPage, Task } from '../../api/types';
import type { ITasks } from '../../tokens';
import { SearchModel } from '../search/model';
import type { SearchService } from '../search/service';

const request = { bucket: 'b' };

/** A server that finds keys in steps; each look at the results goes one step further. */
function searchOf(steps: string[][], end: Partial<Task> = {}) {
  let step = 0;
  let tell: (task: Task) => void = () => undefined;
  const ended = new Promise<Task>(resolve => (tell = resolve));
  const found = (): string[] => steps.slice(0, step).flat();
  const complete = (): boolean => step === steps.length && end.state !== 'cancelled';
  const service = {
    start: jest.fn(async () => ({ id: 'task' })),
    page: jest.fn(async (_id: string, offset: number): Promise<FindPage> => {
      step = Math.min(step + 1, steps.length);
      if (step === steps.length) {
        tell({ state: 'succeeded', error: null, ...end } as Task);
      }
      const hits = found()
        .slice(offset, offset + 2)
        .map(key => ({ key, size: 1, last_modified: '', storage_class: 'STANDARD', etag: null }));
      const result = { scanned: step * 100, matched: found().length, bytes: found().length };
      return { hits, kept: found().length, result, complete: complete() };
    })
  };
  const tasks = {
    follow: jest.fn(() => ended),
    cancel: jest.fn(async () => undefined)
  };
  const model = new SearchModel(service as unknown as SearchService, tasks as unknown as ITasks);
  const finish = (): void => tell({ state: 'succeeded', error: null } as Task);
  return { model, service, tasks, finish };
}

describe('SearchModel', () => {
  it('collects what is found while it runs, in order and without gaps', async () => {
    const { model } = searchOf([['a'], ['b', 'c', 'd'], [], ['e']]);
    const seen: number[] = [];
    model.changed.connect(() => seen.push(model.hits.length));
    await model.start(request);
    expect(model.hits.map(each => each.key)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(new Set(seen).size).toBeGreaterThan(2);
    expect(model).toMatchObject({ running: false, complete: true, error: null });
    expect(model.result).toEqual({ scanned: 400, matched: 5, bytes: 5 });
  });

  it('keeps what was found when it is stopped, and says that it is not all', async () => {
    const { model, tasks } = searchOf([['a']], { state: 'cancelled' });
    const end = model.start(request);
    model.cancel();
    await end;
    expect(model.hits).toHaveLength(1);
    expect(model).toMatchObject({ running: false, complete: false, error: null });
    expect(tasks.cancel.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it('forgets a search that was replaced by another one', async () => {
    const { model, service, finish } = searchOf([['old'], ['old']]);
    const first = model.start(request);
    service.page.mockImplementation(async () => ({
      hits: [{ key: 'new', size: 1, last_modified: '', storage_class: '', etag: null }],
      kept: 1,
      result: { scanned: 1, matched: 1, bytes: 1 },
      complete: true
    }));
    finish();
    await Promise.all([model.start(request), first]);
    expect(model.hits.map(each => each.key)).toEqual(['new']);
  });

  it('says why it failed', async () => {
    const error = { code: 'AccessDenied', message: 'no', retryable: false } as Task['error'];
    const { model } = searchOf([['a'], []], { state: 'failed', error });
    await model.start(request);
    expect(model.error).toBeInstanceOf(SmextError);
    expect(model.error?.envelope.code).toBe('AccessDenied');
    expect(model.hits).toHaveLength(1);
  });
});
