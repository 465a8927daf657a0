import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { FindMode, FindRequest, S3Object } from '../../api/types';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatNumber, formatSize } from '../../common/format';
import { type IColumn, Listing } from '../../common/listing';
import { EmptyView, LoadingView } from '../../common/stateView';
import { type IconOf, Moment } from '../columns';
import { type ILocation, nameOf, uriOf } from '../location';
import type { SearchModel } from './model';

const MIB = 1024 * 1024;

export interface ISearchViewProps {
  location: ILocation;
  model: SearchModel;
  iconOf: IconOf;
  onOpen(object: S3Object): void;
  trans: TranslationBundle;
}

/** Search all objects below a folder, and see what is found while the search goes on. */
export function SearchView(props: ISearchViewProps): React.ReactElement {
  const { location, model, iconOf, trans } = props;
  const columns = React.useMemo(
    () => hitColumns(location.prefix, iconOf, trans),
    [location.prefix, iconOf, trans]
  );
  return (
    <UseSignal signal={model.changed}>
      {() => (
        <div className="jp-smext-Search">
          <Form {...props} />
          <Listing
            label={trans.__('Found below %1', uriOf(location))}
            rows={model.hits}
            columns={columns}
            keyOf={object => object.key}
            nameOf={object => object.key}
            dataOf={() => ({ kind: 'object' })}
            selected={model.selectedKeys}
            onSelect={keys => model.select(keys)}
            onOpen={object => props.onOpen(object)}
            placeholder={<Placeholder {...props} />}
            footer={<Counts {...props} />}
            trans={trans}
          />
        </div>
      )}
    </UseSignal>
  );
}

function Form(props: ISearchViewProps): React.ReactElement {
  const { location, model, trans } = props;
  const [text, setText] = React.useState('');
  const [mode, setMode] = React.useState<FindMode>('substring');
  const [ignoreCase, setIgnoreCase] = React.useState(true);
  const [minSize, setMinSize] = React.useState(NaN);
  const [maxSize, setMaxSize] = React.useState(NaN);
  const [after, setAfter] = React.useState('');
  const [before, setBefore] = React.useState('');
  const input = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => input.current?.focus(), []);

  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const request: FindRequest = {
      bucket: location.bucket,
      prefix: location.prefix,
      text,
      mode,
      ignore_case: ignoreCase,
      min_size: bytes(minSize),
      max_size: bytes(maxSize),
      modified_after: moment(after),
      modified_before: moment(before)
    };
    void model.start(request);
  };

  return (
    <form className="jp-smext-Search-form" onSubmit={submit}>
      <div className="jp-smext-Search-line">
        <input
          ref={input}
          type="text"
          className="jp-mod-styled"
          spellCheck={false}
          aria-label={trans.__('What the key contains')}
          placeholder={placeholderOf(mode, trans)}
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <HTMLSelect
          aria-label={trans.__('How the text is meant')}
          value={mode}
          onChange={event => setMode(event.target.value as FindMode)}
        >
          <option value="substring">{trans.__('contains')}</option>
          <option value="glob">{trans.__('wildcards')}</option>
          <option value="regex">{trans.__('regular expression')}</option>
        </HTMLSelect>
        <button type="submit" className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button">
          {trans.__('Search')}
        </button>
        {model.running && <Button label={trans.__('Stop')} onClick={() => model.cancel()} />}
      </div>
      <div className="jp-smext-Search-line">
        <label>
          <input
            type="checkbox"
            checked={!ignoreCase}
            onChange={event => setIgnoreCase(!event.target.checked)}
          />
          {trans.__('Match case')}
        </label>
        <label>
          {trans.__('MiB, at least')}
          <SizeField value={minSize} onChange={setMinSize} />
        </label>
        <label>
          {trans.__('at most')}
          <SizeField value={maxSize} onChange={setMaxSize} />
        </label>
        <label>
          {trans.__('Modified from')}
          <DayField value={after} onChange={setAfter} />
        </label>
        <label>
          {trans.__('before')}
          <DayField value={before} onChange={setBefore} />
        </label>
      </div>
    </form>
  );
}

function SizeField(props: { value: number; onChange(value: number): void }): React.ReactElement {
  return (
    <input
      type="number"
      className="jp-mod-styled"
      min={0}
      step="any"
      value={Number.isNaN(props.value) ? '' : props.value}
      onChange={event => props.onChange(event.target.valueAsNumber)}
    />
  );
}

function DayField(props: { value: string; onChange(value: string): void }): React.ReactElement {
  return (
    <input
      type="date"
      className="jp-mod-styled"
      value={props.value}
      onChange={event => props.onChange(event.target.value)}
    />
  );
}

function Placeholder({ model, trans }: ISearchViewProps): React.ReactElement | null {
  if (model.error) {
    return <ErrorView error={model.error} trans={trans} />;
  }
  if (model.running) {
    return <LoadingView trans={trans} />;
  }
  return model.result ? (
    <EmptyView title={trans.__('Nothing found')} />
  ) : (
    <EmptyView
      title={trans.__('Search all objects below this folder')}
      hint={trans.__(
        'Every key below it is looked at, at any depth. An empty text finds all objects of the given size and age.'
      )}
    />
  );
}

function Counts({ model, trans }: ISearchViewProps): React.ReactElement | null {
  const { result } = model;
  if (!result) {
    return null;
  }
  const words = [
    trans.__('%1 found, %2', formatNumber(result.matched), formatSize(result.bytes)),
    trans._n(
      '%2 object looked at',
      '%2 objects looked at',
      result.scanned,
      formatNumber(result.scanned)
    )
  ];
  if (result.matched > model.hits.length && !model.running) {
    words.push(trans.__('the first %1 are listed', formatNumber(model.hits.length)));
  }
  if (!model.running && !model.complete) {
    words.push(trans.__('stopped before the end'));
  }
  return (
    <span role="status" aria-busy={model.running}>
      {words.join(' · ')}
    </span>
  );
}

function hitColumns(prefix: string, iconOf: IconOf, trans: TranslationBundle): IColumn<S3Object>[] {
  return [
    {
      id: 'key',
      label: trans.__('Key'),
      track: 'minmax(0, 1fr)',
      render: object => {
        const Icon = iconOf(nameOf(object.key));
        return (
          <>
            <Icon.react tag="span" className="jp-smext-S3-icon" aria-hidden="true" />
            <bdi className="jp-smext-S3-name">{object.key.slice(prefix.length)}</bdi>
          </>
        );
      }
    },
    {
      id: 'class',
      label: trans.__('Storage class'),
      track: '150px',
      hideBelow: 640,
      render: object => object.storage_class
    },
    {
      id: 'modified',
      label: trans.__('Modified'),
      track: '120px',
      hideBelow: 420,
      align: 'end',
      render: object => <Moment at={object.last_modified} />
    },
    {
      id: 'size',
      label: trans.__('Size'),
      track: '84px',
      align: 'end',
      render: object => formatSize(object.size)
    }
  ];
}

function placeholderOf(mode: FindMode, trans: TranslationBundle): string {
  switch (mode) {
    case 'substring':
      return trans.__('Part of the key');
    case 'glob':
      return trans.__('For example *.csv or 2026/**/part-?');
    case 'regex':
      return trans.__('For example part-\\d+\\.csv$');
  }
}

function bytes(mebibytes: number): number | null {
  return Number.isNaN(mebibytes) ? null : Math.round(mebibytes * MIB);
}

/** The beginning of a day where the person is. */
function moment(day: string): string | null {
  return day ? new Date(`${day}T00:00`).toISOString() : null;
}
