import { SmextError } from '../../api/client';
import type { LogPage } from '../../api/types';
import { LogModel } from '../logModel';
import type { JobsService } from '../service';

function page(cursor: string, messages: string[], finished = false): LogPage {
  return {
    cursor,
    finished,
    streams: ['algo-1'],
    lines: messages.map(message => ({ timestamp: 0, stream: 'algo-1', message }))
  };
}

function failure(code: 'InvalidRequest' | 'Network'): SmextError {
  return new SmextError({ code, message: code, retryable: true }, 0);
}

/** A model whose server answers these one after the other, then holds the call until it is given up. */
function modelOf(answers: (LogPage | SmextError)[]) {
  const logs = jest.fn(
    (_name: string, _cursor: string | null, _wait: number, signal: AbortSignal) => {
      const answer = answers.shift();
      if (answer instanceof SmextError) {
        return Promise.reject(answer);
      }
      return answer
        ? Promise.resolve(answer)
        : new Promise<LogPage>((_, reject) =>
            signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
          );
    }
  );
  const model = new LogModel({ logs } as unknown as JobsService, 'job');
  const asked = () => logs.mock.calls.map(([, cursor, wait]) => [cursor, wait > 0]);
  return { model, asked };
}

function messages(model: LogModel): string[] {
  return model.lines.map(line => line.message);
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

describe('LogModel', () => {
  it('follows from cursor to cursor, waits only after the first answer, and ends with the job', async () => {
    const { model, asked } = modelOf([
      page('1', ['a']),
      page('2', ['b', 'c']),
      page('3', [], true)
    ]);
    model.active = true;
    await settled();
    expect(messages(model)).toEqual(['a', 'b', 'c']);
    expect(model.finished).toBe(true);
    expect(asked()).toEqual([
      [null, false],
      ['1', true],
      ['2', true]
    ]);
  });

  it('goes on where it was after a pause', async () => {
    const answers = [page('1', ['a'])];
    const { model, asked } = modelOf(answers);
    model.active = true;
    await settled();
    model.active = false;
    await settled();
    expect(model.error).toBeNull();
    answers.push(page('2', ['b'], true));
    model.active = true;
    await settled();
    expect(messages(model)).toEqual(['a', 'b']);
    expect(asked().map(([cursor]) => cursor)).toEqual([null, '1', '1']);
  });

  it('reads from the start where the server does not know the cursor any more', async () => {
    const { model, asked } = modelOf([
      page('1', ['a']),
      failure('InvalidRequest'),
      page('9', ['a', 'b'], true)
    ]);
    model.active = true;
    await settled();
    expect(messages(model)).toEqual(['a', 'b']);
    expect(asked().map(([cursor]) => cursor)).toEqual([null, '1', null]);
  });

  it('tells a failure and tries again', async () => {
    jest.useFakeTimers();
    const { model } = modelOf([failure('Network'), page('1', ['a'], true)]);
    model.active = true;
    await settled();
    expect(model.error?.envelope.code).toBe('Network');
    await jest.advanceTimersByTimeAsync(1_100);
    expect(model.error).toBeNull();
    expect(messages(model)).toEqual(['a']);
    jest.useRealTimers();
  });
});
