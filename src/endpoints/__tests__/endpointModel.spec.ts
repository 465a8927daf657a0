import { Signal } from '@lumino/signaling';
import { SmextError } from '../../api/client';
import type { Endpoint, InvokeResult } from '../../api/types';
import type { IEndpointEvent, ISmext, ISmextEvents } from '../../tokens';
import { EndpointModel } from '../endpointModel';
import type { EndpointsService } from '../service';

const PAYLOAD = { body: '1,2', content_type: 'text/csv', accept: 'application/json' };

function failure(code: 'NotFound' | 'Throttled'): SmextError {
  return new SmextError({ code, message: code, retryable: false }, 0);
}

function modelOf(described: (Endpoint | SmextError)[], invoke: () => Promise<InvokeResult>) {
  const service = {
    describe: async () => {
      const next = described.shift() as Endpoint | SmextError;
      if (next instanceof SmextError) {
        throw next;
      }
      return next;
    },
    invoke: jest.fn(invoke)
  };
  const owner = {} as ISmextEvents;
  const smext = {
    events: { endpoint: new Signal<ISmextEvents, IEndpointEvent>(owner) },
    problem: null,
    problemChanged: new Signal<object, SmextError | null>(owner),
    ready: Promise.resolve()
  } as unknown as ISmext;
  const model = new EndpointModel(service as unknown as EndpointsService, smext, 'served');
  return { model, service };
}

const IN_SERVICE = { endpoint_status: 'InService' } as Endpoint;
const ANSWER = { body: '[3]', latency_ms: 5 } as InvokeResult;

describe('EndpointModel', () => {
  it('keeps calls, newest first, also those that failed', async () => {
    const answers = [Promise.resolve(ANSWER), Promise.reject(failure('Throttled'))];
    const { model } = modelOf([], () => answers.shift() as Promise<InvokeResult>);
    await model.invoke(PAYLOAD);
    await model.invoke({ ...PAYLOAD, body: '4' });
    expect(
      model.calls.map(call => [call.payload.body, call.result?.body ?? call.error?.message])
    ).toEqual([
      ['4', 'Throttled'],
      ['1,2', '[3]']
    ]);
    expect(model.calling).toBe(false);
    model.dispose();
  });

  it('sends one payload at a time', async () => {
    const { model, service } = modelOf([], async () => ANSWER);
    await Promise.all([model.invoke(PAYLOAD), model.invoke(PAYLOAD)]);
    expect(service.invoke).toHaveBeenCalledTimes(1);
    expect(model.calls).toHaveLength(1);
    model.dispose();
  });

  it('tells an endpoint that is gone from one that never was', async () => {
    const gone = modelOf([IN_SERVICE, failure('NotFound')], async () => ANSWER).model;
    await gone.refresh();
    expect(gone.gone).toBe(false);
    await gone.refresh();
    expect(gone.gone).toBe(true);
    gone.dispose();

    const never = modelOf([failure('NotFound')], async () => ANSWER).model;
    await never.refresh();
    expect([never.gone, never.error?.envelope.code]).toEqual([false, 'NotFound']);
    never.dispose();
  });
});
