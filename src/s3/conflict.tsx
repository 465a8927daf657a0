import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatNumber } from '../common/format';
import type { ConflictChoice } from './uploads';

const SHOWN = 8;

/** Ask once what to do with everything that exists already. */
export async function askConflict(
  names: readonly string[],
  trans: TranslationBundle
): Promise<ConflictChoice> {
  const { button } = await showDialog({
    title: trans._n(
      '%2 object exists already',
      '%2 objects exist already',
      names.length,
      formatNumber(names.length)
    ),
    body: (
      <div className="jp-smext-Deletion">
        <ul>
          {names.slice(0, SHOWN).map(name => (
            <li key={name}>{name}</li>
          ))}
          {names.length > SHOWN && (
            <li>{trans.__('and %1 more', formatNumber(names.length - SHOWN))}</li>
          )}
        </ul>
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Skip') }),
      Dialog.okButton({ label: trans.__('Keep both'), actions: ['keep-both'] }),
      Dialog.warnButton({ label: trans.__('Overwrite'), actions: ['overwrite'] })
    ],
    defaultButton: 1
  });
  return (button.actions[0] as ConflictChoice | undefined) ?? 'skip';
}
