import type { TranslationBundle } from '@jupyterlab/translation';
import type { StudioPrice } from '../api/types';
import { formatDollars } from '../common/format';

/** `$0.05 an hour`, or that no price is known. Never a price that is not one. */
export function hourly(price: StudioPrice | null | undefined, trans: TranslationBundle): string {
  if (!price) {
    return trans.__('no price known');
  }
  const amount = formatDollars(price.usd, 3);
  return price.exact ? trans.__('%1 an hour', amount) : trans.__('about %1 an hour', amount);
}

/** `$0.56 a month`, or that no price is known. */
export function monthly(usd: number | null | undefined, trans: TranslationBundle): string {
  return typeof usd === 'number'
    ? trans.__('%1 a month', formatDollars(usd))
    : trans.__('no price known');
}

/** Where a price comes from, for a tooltip. */
export function sourceOf(
  price: StudioPrice | null | undefined,
  trans: TranslationBundle
): string | undefined {
  return price
    ? trans.__(
        'US dollars on demand, without tax and discounts; price of %1, %2',
        price.component ?? price.unit,
        price.as_of
      )
    : undefined;
}
