import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TrainingJob, Transition } from '../api/types';
import { formatDuration, formatTime } from '../common/format';
import { useNow } from './useNow';

/** The steps of a job with what each took. */
export function TimelineView(props: { job: TrainingJob; trans: TranslationBundle }): JSX.Element {
  const { job, trans } = props;
  const transitions = job.transitions;
  const open = transitions.some(step => !step.end_time);
  const now = useNow(open);
  const seconds = (step: Transition) =>
    Math.max(
      0,
      ((step.end_time ? Date.parse(step.end_time) : now) - Date.parse(step.start_time)) / 1000
    );
  const longest = Math.max(1, ...transitions.map(seconds));
  return (
    <table className="jp-smext-Table jp-smext-Timeline">
      <thead>
        <tr>
          <th scope="col">{trans.__('Step')}</th>
          <th scope="col">{trans.__('Duration')}</th>
          <th scope="col" className="jp-smext-Timeline-wide">
            {trans.__('Started')}
          </th>
          <th scope="col">{trans.__('Message')}</th>
        </tr>
      </thead>
      <tbody>
        {transitions.map((step, index) => (
          <tr key={index} aria-current={!step.end_time ? 'step' : undefined}>
            <th scope="row">{step.status}</th>
            <td>
              <div className="jp-smext-Timeline-duration">
                <span
                  className="jp-smext-Timeline-bar"
                  style={{ width: `${Math.max(2, (seconds(step) / longest) * 100)}%` }}
                  aria-hidden="true"
                />
                <span>{formatDuration(seconds(step))}</span>
              </div>
            </td>
            <td className="jp-smext-Timeline-wide">{formatTime(step.start_time)}</td>
            <td>{step.status_message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
