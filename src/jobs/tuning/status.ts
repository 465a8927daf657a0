import type { TranslationBundle } from '@jupyterlab/translation';
import { type IStatus, jobStatus } from '../../common/status';

/** `HyperParameterTuningJobStatus` of DescribeHyperParameterTuningJob. */
export function tuningStatus(status: string, trans: TranslationBundle): IStatus {
  switch (status) {
    case 'Deleting':
      return { kind: 'running', word: trans.__('Deleting') };
    case 'DeleteFailed':
      return { kind: 'bad', word: trans.__('Deletion failed') };
    default:
      return jobStatus(status, trans);
  }
}

/** How many training jobs of a tuning job are in which state. */
export interface ICounts {
  completed: number;
  running: number;
  failed: number;
  stopped: number;
}

/** `TrainingJobStatusCounters`; AWS counts those apart that failed by its own fault, which it may start again. */
export function countsOf(counters: Readonly<Record<string, number>> | undefined): ICounts {
  const of = (name: string): number => counters?.[name] ?? 0;
  return {
    completed: of('Completed'),
    running: of('InProgress'),
    failed: of('NonRetryableError') + of('RetryableError'),
    stopped: of('Stopped')
  };
}

/** `3 completed, 1 in progress`: what there is any of. */
export function countWords(counts: ICounts, trans: TranslationBundle): string {
  const words: [number, string][] = [
    [counts.completed, trans.__('%1 completed', counts.completed)],
    [counts.running, trans.__('%1 in progress', counts.running)],
    [counts.failed, trans.__('%1 failed', counts.failed)],
    [counts.stopped, trans.__('%1 stopped', counts.stopped)]
  ];
  return words
    .filter(([count]) => count > 0)
    .map(([, text]) => text)
    .join(', ');
}

/** How many training jobs are over. */
export function endedCount({ completed, failed, stopped }: ICounts): number {
  return completed + failed + stopped;
}
