import * as React from 'react';
import type { SmextError } from '../api/client';
import { ErrorView } from './errorView';
import { type IListingProps, Listing } from './listing';
import type { PagedList } from './pagedList';
import { LoadingView } from './stateView';

export interface IPagedListingProps<T> extends Omit<
  IListingProps<T>,
  'rows' | 'keyOf' | 'onMore' | 'placeholder' | 'footer'
> {
  model: PagedList<T>;
  /** Why there is nobody to ask; left out where something else says so. */
  problem?: SmextError | null;
  /** Shown where AWS has nothing to list. */
  empty: React.ReactNode;
}

/** A list that AWS gives in pages, with what keeps it from being shown. It does not listen to the model. */
export function PagedListing<T>(props: IPagedListingProps<T>): React.ReactElement {
  const { model, problem, empty, ...rest } = props;
  const { trans } = props;
  const more = React.useCallback(() => void model.loadMore(), [model]);
  const compact = model.rows.length > 0;
  const failed = problem ? (
    <ErrorView error={problem} compact={compact} trans={trans} />
  ) : (
    model.error && (
      <ErrorView
        error={model.error}
        compact={compact}
        trans={trans}
        onRetry={() => void model.refresh()}
      />
    )
  );
  return (
    <>
      {compact && failed}
      <Listing
        {...rest}
        rows={model.rows}
        keyOf={row => model.keyOf(row)}
        onMore={model.hasMore && !model.loadingMore && !model.moreError ? more : undefined}
        placeholder={failed || (model.loading ? <LoadingView trans={trans} /> : empty)}
        footer={
          model.moreError && (
            <ErrorView error={model.moreError} compact trans={trans} onRetry={more} />
          )
        }
      />
    </>
  );
}
