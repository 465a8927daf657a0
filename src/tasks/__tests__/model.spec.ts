import { Signal } from '@lumino/signaling';
import type { Task } from '../../api/types';
import type { ISmext, ISmextEvents, ITaskEvent } from '../../tokens';
import { TasksModel } from '../model';
import type { TasksService } from '../service';

function task(id: string, state: Task['state'], more: Partial<Task> = {}): Task {
  return {
    id,
    state,
    kind: 's3.upload',
    title: id,
    done: 0,
    total: 10,
    unit: 'bytes',
    message: null,
    cancellable: true,
    repeatable: false,
    created: 0,
    updated: 0,
    result: null,
    error: null,
    ...more
  };
}

async function modelWith(listed: Task[]) {
  const owner = {} as ISmextEvents;
  const event = new Signal<ISmextEvents, ITaskEvent>(owner);
  const server = { listed };
  const service = {
    list: jest.fn(async () => server.listed),
    cancel: jest.fn(async () => undefined)
  };
  const smext = { events: { task: event }, ready: Promise.resolve() } as unknown as ISmext;
  const model = new TasksModel(smext, service as unknown as TasksService);
  const finished: string[] = [];
  model.finished.connect((_, each) => finished.push(each.id));
  await model.refresh();
  return { model, server, service, event, finished };
}

describe('TasksModel', () => {
  it('reports a task that ended while we looked, and none that had ended before', async () => {
    const { model, server, finished } = await modelWith([
      task('old', 'succeeded'),
      task('new', 'running')
    ]);
    expect(finished).toEqual([]);
    server.listed = [task('old', 'succeeded'), task('new', 'failed'), task('short', 'succeeded')];
    await model.refresh();
    await model.refresh();
    expect(finished).toEqual(['new', 'short']);
    model.dispose();
  });

  it('takes progress from events without asking the server', async () => {
    const { model, service, event } = await modelWith([task('a', 'running')]);
    const asked = service.list.mock.calls.length;
    event.emit({ id: 'a', kind: 's3.upload', state: 'running', done: 4, total: 10 });
    expect(model.tasks[0].done).toBe(4);
    expect(service.list.mock.calls.length).toBe(asked);
    model.dispose();
  });

  it('resolves who follows a task, also where it had ended already', async () => {
    const { model, server } = await modelWith([task('a', 'running'), task('b', 'failed')]);
    expect((await model.follow('b')).state).toBe('failed');
    const end = model.follow('a');
    server.listed = [task('a', 'succeeded')];
    await model.refresh();
    expect((await end).state).toBe('succeeded');
    expect(model.isFollowed('a')).toBe(true);
    model.dispose();
  });

  it('reports on a task again when nobody follows it any longer', async () => {
    const { model, finished, server } = await modelWith([task('a', 'running')]);
    const following = new AbortController();
    void model.follow('a', following.signal);
    following.abort();
    server.listed = [task('a', 'failed')];
    await model.refresh();
    expect(finished).toEqual(['a']);
    expect(model.isFollowed('a')).toBe(false);
    model.dispose();
  });

  it('does not let anyone wait for a task that a restarted server forgot', async () => {
    const { model, server } = await modelWith([task('a', 'running')]);
    const end = model.follow('a');
    server.listed = [];
    await model.refresh();
    await expect(end).rejects.toThrow(/restarted/);
    model.dispose();
  });

  it('clears what is finished, and keeps it cleared', async () => {
    const { model } = await modelWith([task('a', 'running'), task('b', 'succeeded')]);
    model.clearFinished();
    await model.refresh();
    expect(model.tasks.map(each => each.id)).toEqual(['a']);
    model.dispose();
  });
});
