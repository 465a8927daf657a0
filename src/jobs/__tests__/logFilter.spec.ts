import type { LogLine } from '../../api/types';
import { FilteredLines } from '../logFilter';

function line(message: string, stream = 'algo-1'): LogLine {
  return { timestamp: 0, stream, message };
}

describe('FilteredLines', () => {
  it('says that nothing is filtered where nothing is asked for', () => {
    expect(new FilteredLines({ text: '', stream: null }).of([line('a')])).toBeNull();
  });

  it('finds words whatever their case, and one stream', () => {
    const lines = [line('Loss=1'), line('accuracy'), line('loss=2', 'algo-2')];
    expect(new FilteredLines({ text: 'LOSS', stream: null }).of(lines)).toEqual([0, 2]);
    expect(new FilteredLines({ text: 'loss', stream: 'algo-2' }).of(lines)).toEqual([2]);
  });

  it('looks only at new lines of a log that grows, and answers the same where none came', () => {
    const lines = [line('x'), line('y')];
    const filtered = new FilteredLines({ text: 'x', stream: null });
    const first = filtered.of(lines);
    // A change of an old line would be seen by a second look at it.
    lines[1] = line('x');
    lines.push(line('x again'));
    const second = filtered.of(lines);
    expect(first).toEqual([0]);
    expect(second).toEqual([0, 2]);
    expect(filtered.of(lines)).toBe(second);
  });

  it('starts again for another log', () => {
    const filtered = new FilteredLines({ text: 'x', stream: null });
    filtered.of([line('x'), line('x')]);
    expect(filtered.of([line('y'), line('x')])).toEqual([1]);
  });
});
