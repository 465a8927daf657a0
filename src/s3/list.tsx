import type { TranslationBundle } from '@jupyterlab/translation';
import { InputGroup, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { formatNumber, formatSize } from '../common/format';
import { Listing } from '../common/listing';
import { EmptyView, LoadingView } from '../common/stateView';
import { bucketColumns, type IconOf, objectColumns } from './columns';
import { type Entry, entryKey } from './entry';
import { bucketIcon } from './icons';
import { uriOf } from './location';
import type { S3BrowserModel } from './model';
import { PathBar } from './pathBar';

export interface IS3ListProps {
  model: S3BrowserModel;
  iconOf: IconOf;
  editingPath: boolean;
  /** Addresses that the path field offers. */
  suggestions(): readonly string[];
  onEditPath(editing: boolean): void;
  /** Open what is not a folder. */
  onOpenObject(entry: Entry): void;
  /** Left out: nothing can be deleted from here. */
  onDelete?(): void;
  /** The next step where nothing is listed; left out: there is none. */
  onEmptyAction?(): void;
  trans: TranslationBundle;
}

/** A place in S3: its path, a filter, and its rows. */
export function S3List(props: IS3ListProps): React.ReactElement {
  return <UseSignal signal={props.model.changed}>{() => <Place {...props} />}</UseSignal>;
}

function Place(props: IS3ListProps): React.ReactElement {
  const { model, trans, iconOf } = props;
  const { location } = model;
  const columns = React.useMemo(
    () => (location ? objectColumns(trans, iconOf) : bucketColumns(trans)),
    [location === null, trans, iconOf]
  );
  const onMore = React.useCallback(() => void model.loadMore(), [model]);
  return (
    <>
      <PathBar
        location={location}
        editing={props.editingPath}
        onEdit={props.onEditPath}
        suggestions={props.suggestions()}
        onOpen={place => void model.open(place)}
        onOpenText={text => model.openText(text)}
        trans={trans}
      />
      <div className="jp-smext-S3-filter">
        <InputGroup
          type="text"
          rightIcon="ui-components:filter"
          spellCheck={false}
          aria-label={trans.__('Filter by name')}
          placeholder={
            model.filtersOnServer ? trans.__('Name begins with…') : trans.__('Filter by name')
          }
          title={
            model.filtersOnServer
              ? trans.__('S3 looks for names that begin so: there are more rows than are loaded')
              : undefined
          }
          value={model.filter}
          onChange={event => model.setFilter(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape' && model.filter) {
              event.stopPropagation();
              model.setFilter('');
            }
          }}
        />
      </div>
      <Listing
        label={location ? trans.__('Objects in %1', uriOf(location)) : trans.__('Buckets')}
        place={uriOf(location)}
        rows={model.entries}
        columns={columns}
        keyOf={entryKey}
        nameOf={entry => entry.name}
        dataOf={entry => ({ kind: entry.kind })}
        selected={model.selectedKeys}
        onSelect={keys => model.select(keys)}
        onOpen={entry =>
          entry.kind === 'object' ? props.onOpenObject(entry) : void model.enter(entry)
        }
        onBack={() => void model.up()}
        onDelete={props.onDelete}
        sort={model.sort}
        onSort={column => model.toggleSort(column)}
        onMore={model.hasMore && !model.loadingMore && !model.moreError ? onMore : undefined}
        placeholder={<Placeholder {...props} />}
        footer={<Footer model={model} trans={trans} />}
        trans={trans}
      />
    </>
  );
}

function Placeholder(props: IS3ListProps): React.ReactElement {
  const { model, trans } = props;
  if (model.loading) {
    return <LoadingView trans={trans} />;
  }
  if (model.error) {
    return (
      <ErrorView error={model.error} onRetry={() => void model.refresh()} trans={trans}>
        {!model.location && (
          <Button
            label={trans.__('Go to a bucket by name')}
            onClick={() => props.onEditPath(true)}
          />
        )}
      </ErrorView>
    );
  }
  if (model.filter) {
    return (
      <EmptyView
        title={
          model.filtersOnServer
            ? trans.__('No name begins with “%1”', model.filter)
            : trans.__('No name contains “%1”', model.filter)
        }
      >
        <Button label={trans.__('Clear the filter')} onClick={() => model.setFilter('')} />
      </EmptyView>
    );
  }
  const { onEmptyAction } = props;
  return model.location ? (
    <EmptyView
      title={trans.__('Nothing here')}
      hint={onEmptyAction && trans.__('Drop files or folders here to upload them.')}
    >
      {onEmptyAction && <Button label={trans.__('Upload files…')} onClick={onEmptyAction} />}
    </EmptyView>
  ) : (
    <EmptyView
      icon={bucketIcon}
      title={trans.__('No buckets')}
      hint={trans.__(
        'This account has none yet. A bucket of another account can be opened by its s3:// address.'
      )}
    >
      {onEmptyAction && <Button label={trans.__('Create a bucket…')} onClick={onEmptyAction} />}
    </EmptyView>
  );
}

/** What is loaded and selected, and what keeps more from being loaded. */
function Footer(props: {
  model: S3BrowserModel;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { model, trans } = props;
  const { entries, selected, moreError, error } = model;
  if (error && entries.length > 0) {
    // Pinned places can be used where buckets may not be listed.
    return <ErrorView error={error} onRetry={() => void model.refresh()} trans={trans} />;
  }
  if (moreError) {
    return <ErrorView error={moreError} onRetry={() => void model.loadMore()} trans={trans} />;
  }
  if (entries.length === 0) {
    return null;
  }
  const count = formatNumber(entries.length);
  const words = [
    model.hasMore
      ? trans.__('%1 loaded, there are more', count)
      : trans._n('%2 row', '%2 rows', entries.length, count)
  ];
  if (selected.length > 0) {
    const size = selected.reduce((sum, each) => sum + (each.kind === 'object' ? each.size : 0), 0);
    const chosen = trans._n(
      '%2 selected',
      '%2 selected',
      selected.length,
      formatNumber(selected.length)
    );
    words.push(size > 0 ? `${chosen} (${formatSize(size)})` : chosen);
  }
  return (
    <>
      <span aria-busy={model.loadingMore}>{words.join(' · ')}</span>
      {model.sort && model.hasMore && (
        <div>{trans.__('Only the loaded rows are sorted: S3 itself lists by name.')}</div>
      )}
    </>
  );
}
