import { Signal } from '@lumino/signaling';
import { SmextError } from '../../api/client';
import type { TrainingJobPage, TrainingJobStatus, TrainingJobSummary } from '../../api/types';
import type { IJobEvent, ISmext, ISmextEvents } from '../../tokens';
import { JobsModel } from '../model';
import type { IJobsFilter, JobsService } from '../service';

function job(name: string, status: TrainingJobStatus = 'Completed'): TrainingJobSummary {
  return {
    training_job_name: name,
    training_job_status: status,
    secondary_status: null,
    creation_time: '2026-01-01T00:00:00Z',
    training_end_time: null,
    last_modified_time: null
  };
}

function modelOf(pages: Record<string, TrainingJobPage | SmextError>) {
  const list = jest.fn(async (filter: IJobsFilter, token: string | null) => {
    const page = pages[`${filter.nameContains}${token ?? ''}`];
    if (page instanceof SmextError) {
      throw page;
    }
    return page;
  });
  const describe_ = jest.fn(async (name: string) => job(name, 'Completed'));
  const event = new Signal<ISmextEvents, IJobEvent>({} as ISmextEvents);
  const smext = { events: { job: event }, ready: Promise.resolve() } as unknown as ISmext;
  const service = { list, describe: describe_ } as unknown as JobsService;
  const model = new JobsModel(service, { smext, isWatched: () => false });
  const names = () => model.rows.map(row => row.training_job_name);
  return { model, names, list, describe: describe_, event };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

describe('JobsModel', () => {
  it('reads nothing before somebody looks, not even when something happens', async () => {
    const { list, event } = modelOf({ '': { training_jobs: [], next_token: null } });
    event.emit({ training_job_name: 'a', training_job_status: 'Failed', secondary_status: null });
    await settled();
    expect(list).not.toHaveBeenCalled();
  });

  it('keeps what was loaded behind the first page, and looks at what still runs there', async () => {
    const pages: Record<string, TrainingJobPage> = {
      '': { training_jobs: [job('d')], next_token: '2' },
      '2': { training_jobs: [job('b', 'InProgress'), job('a')], next_token: null }
    };
    const { model, names, describe } = modelOf(pages);
    await model.refresh();
    await model.loadMore();
    expect(names()).toEqual(['d', 'b', 'a']);
    expect(model.hasMore).toBe(false);

    const ended: string[] = [];
    model.settled.connect((_, each) => ended.push(each.training_job_name));
    pages[''] = { training_jobs: [job('e', 'InProgress'), job('d')], next_token: '2' };
    await model.refresh();
    expect(names()).toEqual(['e', 'd', 'b', 'a']);
    expect(describe.mock.calls).toEqual([['b']]);
    expect(ended).toEqual(['b']);
    expect(model.hasMore).toBe(false);
  });

  it('forgets what is gone behind the first page', async () => {
    const pages: Record<string, TrainingJobPage> = {
      '': { training_jobs: [job('d')], next_token: '2' },
      '2': { training_jobs: [job('b', 'Stopping'), job('a')], next_token: null }
    };
    const { model, names, describe } = modelOf(pages);
    await model.refresh();
    await model.loadMore();
    describe.mockRejectedValueOnce(
      new SmextError({ code: 'NotFound', message: 'gone', retryable: false }, 404)
    );
    await model.refresh();
    expect(names()).toEqual(['d', 'a']);
    expect(model.error).toBeNull();
  });

  it('forgets what is gone where the first page is all there is', async () => {
    const pages: Record<string, TrainingJobPage> = {
      '': { training_jobs: [job('b'), job('a')], next_token: null }
    };
    const { model, names } = modelOf(pages);
    await model.refresh();
    pages[''] = { training_jobs: [job('b')], next_token: null };
    await model.refresh();
    expect(names()).toEqual(['b']);
  });

  it('shows nothing of the old filter once there is a new one', async () => {
    const { model, names } = modelOf({
      '': { training_jobs: [job('a')], next_token: null },
      x: { training_jobs: [job('x1')], next_token: null }
    });
    const first = model.refresh();
    model.filter = { nameContains: 'x', status: null };
    expect(model.loading).toBe(true);
    await first;
    await settled();
    expect(names()).toEqual(['x1']);
    expect(model.loading).toBe(false);
  });

  it('does not ask AWS for what no name can hold', async () => {
    const { model, list } = modelOf({ '': { training_jobs: [job('a')], next_token: null } });
    model.filter = { nameContains: 'no such job', status: null };
    await model.refresh();
    expect(list).not.toHaveBeenCalled();
    expect(model.error).toBeNull();
    expect(model.rows).toEqual([]);
  });

  it('keeps the rows while it cannot ask, and says why', async () => {
    const pages: Record<string, TrainingJobPage | SmextError> = {
      '': { training_jobs: [job('a')], next_token: null }
    };
    const { model, names } = modelOf(pages);
    await model.refresh();
    pages[''] = new SmextError({ code: 'AccessDenied', message: 'no', retryable: false }, 403);
    await model.refresh();
    expect(names()).toEqual(['a']);
    expect(model.error?.envelope.code).toBe('AccessDenied');
    pages[''] = { training_jobs: [], next_token: null };
    await model.refresh();
    expect(model.error).toBeNull();
  });
});
