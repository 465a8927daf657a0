import { UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { SmextError } from '../../api/client';
import type { PriceEstimate } from '../../api/types';
import { ErrorView } from '../../common/errorView';
import { LoadingView } from '../../common/stateView';
import { priceText, PriceView } from '../../estimators/priceView';
import { EstimatorsService, type SpecValues } from '../../estimators/service';
import type { ContentFactory } from './content';

/** `PriceTag`: the most that a launch can cost. */
export const priceTag: ContentFactory = (traits, { smext, trans }) => {
  const service = new EstimatorsService(smext.api);
  const owner = {};
  const changed = new Signal<object, void>(owner);
  let error: SmextError | null = null;
  let asked: AbortController | null = null;

  const ask = async (): Promise<void> => {
    asked?.abort();
    const { signal } = (asked = new AbortController());
    try {
      await smext.ready;
      const price = await service.price(traits.get<SpecValues>('spec'), signal);
      error = null;
      traits.set({ price });
    } catch (reason) {
      if (signal.aborted) {
        return;
      }
      error = SmextError.from(reason);
      traits.set({ price: {} });
    }
    changed.emit();
  };
  traits.onChange(['spec'], () => void ask());

  const View = (): React.ReactElement => {
    const price = traits.get<PriceEstimate | Record<string, never>>('price');
    const problem = error ?? smext.problem;
    if (problem) {
      return <ErrorView error={problem} onRetry={() => void ask()} trans={trans} />;
    }
    if (!('lines' in price)) {
      return <LoadingView trans={trans} />;
    }
    return (
      <details className="jp-smext-PriceTag">
        <summary>
          {trans.__('Price')} <strong>{priceText(price as PriceEstimate, trans)}</strong>
        </summary>
        <PriceView price={price as PriceEstimate} trans={trans} />
      </details>
    );
  };

  return {
    view: () => (
      <UseSignal signal={smext.problemChanged}>
        {() => <UseSignal signal={changed}>{() => <View />}</UseSignal>}
      </UseSignal>
    ),
    set active(active: boolean) {
      if (active && !asked) {
        void ask();
      }
    },
    dispose: () => {
      asked?.abort();
      Signal.clearData(owner);
    }
  };
};
