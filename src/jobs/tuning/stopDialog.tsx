import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TuningCost } from '../../api/types';
import { dialogBody } from '../../common/dialogBody';
import { formatDollars } from '../../common/format';

/** Whether to stop a tuning job, asked with what it runs now and what that costs; null: nobody knows. */
export async function confirmStop(
  name: string,
  cost: TuningCost | null,
  trans: TranslationBundle
): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Stop this tuning job?'),
    body: dialogBody(
      <div className="jp-smext-DialogForm">
        <p>
          <strong>{name}</strong>
        </p>
        {cost && <p>{runningWords(cost, trans)}</p>}
        <p>
          {trans.__(
            'Training jobs that run get 120 seconds to save what they have; time until they have stopped is billed. No further ones are started.'
          )}
        </p>
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep tuning') }),
      Dialog.warnButton({ label: trans.__('Stop tuning job') })
    ],
    defaultButton: 0
  });
  return button.accept;
}

function runningWords(cost: TuningCost, trans: TranslationBundle): string {
  const { running, usd_per_hour: hourly } = cost;
  if (running === 0) {
    return trans.__('No training job of it is on an instance now.');
  }
  if (hourly === null) {
    return trans._n(
      '%1 training job runs now; the price of %2 is not known.',
      '%1 training jobs run now; the price of %2 is not known.',
      running,
      cost.unpriced.join(', ')
    );
  }
  return trans._n(
    '%1 training job runs now, for %2 an hour.',
    '%1 training jobs run now, for %2 an hour.',
    running,
    cost.at_most ? trans.__('at most %1', formatDollars(hourly)) : formatDollars(hourly)
  );
}
