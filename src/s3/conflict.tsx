import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { dialogBody } from '../common/dialogBody';
import { formatNumber } from '../common/format';
import type { ConflictChoice } from './service';

const SHOWN = 8;

export interface IConflict {
  /** How many exist already. */
  readonly count: number;
  /** Some of them, or the folder that they are in. */
  readonly names: readonly string[];
  /** Whether the new ones can get names of their own. */
  readonly canKeepBoth: boolean;
}

/** Ask once what to do with everything that exists already. */
export async function askConflict(
  { count, names, canKeepBoth }: IConflict,
  trans: TranslationBundle
): Promise<ConflictChoice> {
  const hidden = names.length - SHOWN;
  const { button } = await showDialog({
    title: trans._n(
      '%2 object exists already',
      '%2 objects exist already',
      count,
      formatNumber(count)
    ),
    body: dialogBody(
      <div className="jp-smext-Deletion">
        <ul>
          {names.slice(0, SHOWN).map(name => (
            <li key={name}>{name}</li>
          ))}
          {hidden > 0 && <li>{trans.__('and %1 more', formatNumber(hidden))}</li>}
        </ul>
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Skip') }),
      ...(canKeepBoth
        ? [Dialog.okButton({ label: trans.__('Keep both'), actions: ['keep-both'] })]
        : []),
      Dialog.warnButton({ label: trans.__('Overwrite'), actions: ['overwrite'] })
    ],
    defaultButton: canKeepBoth ? 1 : 0
  });
  return (button.actions[0] as ConflictChoice | undefined) ?? 'skip';
}
