import { Signal } from '@lumino/signaling';
import { SmextError } from '../../api/client';
import type { MetricsResult, TrainingJob } from '../../api/types';
import type { IJobEvent, ISmext, ISmextEvents } from '../../tokens';
import { JobModel } from '../jobModel';
import type { JobsService } from '../service';

function metrics(
  cursor: string,
  values: number[],
  more: Partial<MetricsResult> = {}
): MetricsResult {
  return {
    cursor,
    source: 'logs',
    complete: true,
    series: values.length
      ? [{ metric_name: 'loss', points: values.map(value => ({ timestamp: 0, value })) }]
      : [],
    unreadable: {},
    ...more
  };
}

function modelOf(answers: (MetricsResult | SmextError)[]) {
  const job = { training_job_status: 'InProgress' } as TrainingJob;
  const read = jest.fn(async (_name: string, _cursor: string | null) => {
    const answer = answers.shift() ?? metrics('end', []);
    if (answer instanceof SmextError) {
      throw answer;
    }
    return answer;
  });
  const service = {
    describe: async () => ({ ...job }),
    metrics: read,
    stop: async () => ({ ...job, training_job_status: 'Stopping' })
  } as unknown as JobsService;
  const owner = {} as ISmextEvents;
  const smext = {
    events: { job: new Signal<ISmextEvents, IJobEvent>(owner) },
    problem: null,
    problemChanged: new Signal<object, SmextError | null>(owner),
    ready: Promise.resolve()
  } as unknown as ISmext;
  const model = new JobModel(service, smext, 'job');
  const values = () => model.metrics?.flatMap(each => each.points.map(point => point.value));
  return { model, values, cursors: () => read.mock.calls.map(([, cursor]) => cursor) };
}

describe('JobModel', () => {
  it('reads each value once, also where two ask at the same time', async () => {
    const { model, values, cursors } = modelOf([metrics('1', [1, 2]), metrics('2', [3])]);
    await Promise.all([model.refresh(), model.refresh()]);
    expect(values()).toEqual([1, 2]);
    await model.refresh();
    expect(values()).toEqual([1, 2, 3]);
    expect(cursors()).toEqual([null, '1']);
    model.dispose();
  });

  it('gives up final values once the log has real ones', async () => {
    const { model, values } = modelOf([
      metrics('1', [9], { source: 'final' }),
      metrics('2', []),
      metrics('3', [1, 2])
    ]);
    await model.refresh();
    expect(model.onlyFinalMetrics).toBe(true);
    await model.refresh();
    expect([model.onlyFinalMetrics, values()]).toEqual([true, [9]]);
    await model.refresh();
    expect([model.onlyFinalMetrics, values()]).toEqual([false, [1, 2]]);
    model.dispose();
  });

  it('shows the job also where its metrics cannot be read', async () => {
    const refused = new SmextError({ code: 'AccessDenied', message: 'no', retryable: false }, 403);
    const { model } = modelOf([refused]);
    await model.refresh();
    expect(model.job?.training_job_status).toBe('InProgress');
    expect(model.error).toBeNull();
    expect(model.metricsError?.envelope.code).toBe('AccessDenied');
    model.dispose();
  });

  it('takes the state that a stop answers', async () => {
    const { model } = modelOf([]);
    await model.stop();
    expect(model.stopping).toBe(true);
    expect(model.job?.training_job_status).toBe('Stopping');
    model.dispose();
  });
});
