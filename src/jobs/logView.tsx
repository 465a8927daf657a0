import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, HTMLSelect } from '@jupyterlab/ui-components';
import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';
import type { LogLine } from '../api/types';
import { ErrorView } from '../common/errorView';
import { formatNumber } from '../common/format';
import { EmptyView, LoadingView } from '../common/stateView';
import { AnsiLine, plainText } from './ansiLine';
import { FilteredLines } from './logFilter';
import type { LogModel } from './logModel';

/** Pixels of one line that is not wrapped. */
const LINE_HEIGHT = 18;

/** Pixels from the end within which a scroll counts as being at the end. */
const NEAR_END = LINE_HEIGHT;

export interface ILogViewProps {
  model: LogModel;
  /** The job can still write lines. */
  running: boolean;
  trans: TranslationBundle;
}

/** The log of a job: filtered, followed to its end, and of any length. */
export function LogView(props: ILogViewProps): JSX.Element {
  const { model, running, trans } = props;
  const [, setVersion] = React.useState(0);
  const [follow, setFollow] = React.useState(true);
  const [wrap, setWrap] = React.useState(false);
  const [times, setTimes] = React.useState(false);
  const [text, setText] = React.useState('');
  const [stream, setStream] = React.useState<string | null>(null);
  const filtered = React.useMemo(() => new FilteredLines({ text, stream }), [text, stream]);

  React.useEffect(() => {
    const onChanged = () => setVersion(version => version + 1);
    model.changed.connect(onChanged);
    return () => void model.changed.disconnect(onChanged);
  }, [model]);

  const { lines } = model;
  const shown = filtered.of(lines);
  const count = shown ? shown.length : lines.length;
  const lineAt = (index: number): LogLine => lines[shown ? shown[index] : index];

  const copy = () => {
    const all = Array.from({ length: count }, (_, index) => plainText(lineAt(index).message));
    Clipboard.copyToSystem(all.join('\n'));
  };

  return (
    <div className="jp-smext-Log">
      <div className="jp-smext-Log-bar" role="group" aria-label={trans.__('Log')}>
        <input
          className="jp-mod-styled jp-smext-Log-filter"
          type="search"
          placeholder={trans.__('Filter lines')}
          aria-label={trans.__('Filter log lines')}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        {model.streams.length > 1 && (
          <HTMLSelect
            aria-label={trans.__('Stream')}
            value={stream ?? ''}
            onChange={event => setStream(event.target.value || null)}
          >
            <option value="">{trans.__('All streams')}</option>
            {model.streams.map(each => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </HTMLSelect>
        )}
        <Toggle label={trans.__('Follow')} on={follow} onChange={setFollow} />
        <Toggle label={trans.__('Wrap')} on={wrap} onChange={setWrap} />
        <Toggle label={trans.__('Times')} on={times} onChange={setTimes} />
        <button
          type="button"
          className="jp-smext-IconButton"
          title={trans.__('Copy the lines shown')}
          aria-label={trans.__('Copy the lines shown')}
          disabled={count === 0}
          onClick={copy}
        >
          <copyIcon.react tag="span" aria-hidden="true" />
        </button>
        <span className="jp-smext-Log-count">
          {shown
            ? trans.__('%1 of %2 lines', formatNumber(count), formatNumber(lines.length))
            : trans._n('%2 line', '%2 lines', lines.length, formatNumber(lines.length))}
        </span>
      </div>
      {model.error && <ErrorView error={model.error} trans={trans} />}
      {model.dropped > 0 && (
        <div className="jp-smext-Log-note">
          {trans.__('The oldest %1 lines were left out.', formatNumber(model.dropped))}
        </div>
      )}
      {count > 0 ? (
        <Lines
          count={count}
          lineAt={lineAt}
          mark={text.toLowerCase()}
          follow={follow}
          onFollow={setFollow}
          wrap={wrap}
          times={times}
          label={trans.__('Log lines')}
        />
      ) : lines.length > 0 ? (
        <EmptyView title={trans.__('No line matches')} />
      ) : !model.ready && !model.error ? (
        <LoadingView trans={trans} />
      ) : (
        !model.error && (
          <EmptyView
            title={running ? trans.__('No log lines yet') : trans.__('The job wrote no log lines')}
            hint={
              running
                ? trans.__('They appear here as soon as the container writes them.')
                : undefined
            }
          />
        )
      )}
    </div>
  );
}

function Lines(props: {
  count: number;
  lineAt: (index: number) => LogLine;
  mark: string;
  follow: boolean;
  onFollow: (follow: boolean) => void;
  wrap: boolean;
  times: boolean;
  label: string;
}): JSX.Element {
  const { count, lineAt, follow, wrap, times } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20
  });

  React.useLayoutEffect(() => virtualizer.measure(), [wrap, times]);

  React.useLayoutEffect(() => {
    if (follow) {
      virtualizer.scrollToIndex(count - 1, { align: 'end' });
    }
  }, [count, follow, wrap, times]);

  /** Scrolling up looks at something: stop following. Scrolling to the end follows again. */
  const lastTop = React.useRef(0);
  const onScroll = () => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    const { scrollTop, scrollHeight, clientHeight } = element;
    const atEnd = scrollHeight - scrollTop - clientHeight <= NEAR_END;
    if (scrollTop < lastTop.current - 1 && !atEnd) {
      props.onFollow(false);
    } else if (atEnd && scrollTop > lastTop.current) {
      props.onFollow(true);
    }
    lastTop.current = scrollTop;
  };

  return (
    <div
      ref={scroller}
      className={`jp-smext-Log-lines${wrap ? ' jp-mod-wrap' : ''}`}
      role="log"
      aria-live="off"
      aria-label={props.label}
      tabIndex={0}
      onScroll={onScroll}
    >
      <div className="jp-smext-Log-canvas" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const line = lineAt(index);
          return (
            <div
              key={index}
              data-index={index}
              ref={wrap ? virtualizer.measureElement : undefined}
              className="jp-smext-Log-line"
              style={{ transform: `translateY(${start}px)` }}
            >
              {times && (
                <time className="jp-smext-Log-time" dateTime={iso(line.timestamp)}>
                  {iso(line.timestamp).slice(11, 23)}
                </time>
              )}
              <AnsiLine message={line.message} mark={props.mark} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Toggle(props: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}): JSX.Element {
  return (
    <label className="jp-smext-Toggle">
      <input
        type="checkbox"
        checked={props.on}
        onChange={event => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
}

/** UTC, as CloudWatch and the job's own clock show it. */
function iso(timestamp: number): string {
  return new Date(timestamp).toISOString();
}
