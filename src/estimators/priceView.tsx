import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { PriceEstimate } from '../api/types';
import { formatDollars } from '../common/format';

/** `at most $0.06`, or that no price is known. Never a price that is not one. */
export function priceText(price: PriceEstimate | null, trans: TranslationBundle): string {
  if (!price || price.usd_at_most === null) {
    return trans.__('no price known');
  }
  const amount = formatDollars(price.usd_at_most);
  return price.about ? trans.__('about %1 at most', amount) : trans.__('%1 at most', amount);
}

/** What a price is made of: each part with its source and date, and what is not in it. */
export function PriceView(props: { price: PriceEstimate; trans: TranslationBundle }): JSX.Element {
  const { price, trans } = props;
  return (
    <div className="jp-smext-Price">
      <table className="jp-smext-Table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Part')}</th>
            <th scope="col">{trans.__('An hour')}</th>
            <th scope="col">{trans.__('At most')}</th>
            <th scope="col">{trans.__('Price of')}</th>
          </tr>
        </thead>
        <tbody>
          {price.lines.map((line, index) => (
            <tr key={index}>
              <th scope="row">{line.what}</th>
              <td>{line.usd_per_hour === null ? '–' : formatDollars(line.usd_per_hour, 3)}</td>
              <td>{line.usd === null ? trans.__('no price') : formatDollars(line.usd)}</td>
              <td>{[line.component, line.as_of].filter(Boolean).join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {trans.__(
          'On demand in %1, without tax and discounts; price table of %2.',
          price.region,
          price.table_date
        )}
      </p>
      {price.notes.map(note => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}
