import { Signal } from '@lumino/signaling';
import type { LaunchToken, Task } from '../../api/types';
import type { ITasks } from '../../tokens';
import { LaunchModel } from '../launchModel';
import type { EstimatorsService } from '../service';

function task(state: Task['state'], more: Partial<Task> = {}): Task {
  return {
    id: 'task',
    kind: 'estimators.launch',
    title: 'Launch',
    state,
    done: 0,
    total: null,
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

/** A server that keeps the tokens of one document, as the real one does. */
function setUp(launched: (token: string) => Task) {
  const tokens: LaunchToken[] = [{ token: 't1', training_job_name: null }];
  const sent: string[] = [];
  const service = {
    launchToken: async (_document: string, replace: string | null) => {
      const last = tokens[tokens.length - 1];
      if (replace === last.token && last.training_job_name) {
        tokens.push({ token: `t${tokens.length + 1}`, training_job_name: null });
      }
      return tokens[tokens.length - 1];
    },
    launch: async (_spec: unknown, _document: string, token: string) => {
      sent.push(token);
      const done = launched(token);
      if (done.result) {
        const used = tokens.find(each => each.token === token);
        used!.training_job_name = done.result.training_job_name as string;
      }
      return done;
    }
  } as unknown as EstimatorsService;
  const owner = {} as ITasks;
  const changed = new Signal<ITasks, void>(owner);
  const finished = new Signal<ITasks, Task>(owner);
  const follow = jest.fn(async () =>
    task('succeeded', { result: { training_job_name: 'followed' } })
  );
  const cancel = jest.fn(async () => undefined);
  const tasks = { tasks: [], changed, finished, follow, cancel } as unknown as ITasks;
  const model = new LaunchModel({ service, tasks, document: () => 'a.sagemaker.yaml' });
  const opened: string[] = [];
  model.launched.connect((_, name) => opened.push(name));
  return { model, sent, opened, finished, follow, tokens };
}

function succeeded(token: string): Task {
  return task('succeeded', { result: { training_job_name: `job-${token}` } });
}

describe('LaunchModel', () => {
  it('launches once for two clicks', async () => {
    const { model, sent, opened } = setUp(succeeded);
    await Promise.all([model.launch({}), model.launch({})]);
    expect(sent).toEqual(['t1']);
    expect(opened).toEqual(['job-t1']);
    expect(model.jobName).toBe('job-t1');
    expect(model.busy).toBe(false);
  });

  it('launches once for clicks that come while the document is being saved', async () => {
    const { model, sent } = setUp(succeeded);
    let save: (go: boolean) => void = () => undefined;
    const first = model.launch({}, () => new Promise(resolve => (save = resolve)));
    const second = model.launch({});
    expect(model.busy).toBe(true);
    save(true);
    await Promise.all([first, second]);
    expect(sent).toEqual(['t1']);
  });

  it('launches nothing where the preparation says no', async () => {
    const { model, sent } = setUp(succeeded);
    await model.launch({}, async () => false);
    expect(sent).toEqual([]);
    expect([model.busy, model.error]).toEqual([false, null]);
  });

  it('takes a new token only to launch again', async () => {
    const { model, sent } = setUp(succeeded);
    await model.launch({});
    await model.launch({});
    await model.again({});
    expect(sent).toEqual(['t1', 't1', 't2']);
    expect(model.jobName).toBe('job-t2');
  });

  it('waits for a launch that takes longer', async () => {
    const { model, follow } = setUp(() => task('running'));
    await model.launch({});
    expect(follow).toHaveBeenCalledWith('task');
    expect(model.jobName).toBe('followed');
  });

  it('tells why a launch failed, and can try again with the same token', async () => {
    const error = { code: 'NotFound', message: 'no bucket', retryable: false } as Task['error'];
    let answer = task('failed', { error });
    const { model, sent, opened } = setUp(() => answer);
    await model.launch({});
    expect(model.error?.message).toBe('no bucket');
    expect(opened).toEqual([]);
    answer = succeeded('t1');
    await model.launch({});
    expect(model.error).toBeNull();
    expect(sent).toEqual(['t1', 't1']);
  });

  it('learns of a launch from another tab', async () => {
    const { model, tokens, finished } = setUp(succeeded);
    await model.refresh();
    expect(model.jobName).toBeNull();
    tokens[0].training_job_name = 'elsewhere';
    finished.emit(task('succeeded'));
    await Promise.resolve();
    await Promise.resolve();
    expect(model.jobName).toBe('elsewhere');
  });
});
