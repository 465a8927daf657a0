import type { TranslationBundle } from '@jupyterlab/translation';
import type { RolloutPlan } from '../../api/types';
import type { IStatus } from '../../common/status';

/** How grave a finding of a plan or a diagnosis is. */
export function findingStatus(
  level: RolloutPlan['findings'][number]['level'],
  trans: TranslationBundle
): IStatus {
  switch (level) {
    case 'error':
      return { kind: 'bad', word: trans.__('Error') };
    case 'warning':
      return { kind: 'stopped', word: trans.__('Warning') };
    case 'unknown':
      return { kind: 'unknown', word: trans.__('Not known') };
    case 'info':
      return { kind: 'good', word: trans.__('Note') };
  }
}
