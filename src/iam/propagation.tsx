import type { TranslationBundle } from '@jupyterlab/translation';
import { undoIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ApplyResult } from '../api/types';
import { Button } from '../common/button';
import { formatDuration } from '../common/format';
import { Status } from '../common/status';
import { roleName } from './roles';

/** What was changed, and how long AWS may still answer as before. */
export function Propagation(props: {
  result: ApplyResult;
  busy: boolean;
  trans: TranslationBundle;
  onUndo: () => void;
  /** AWS had its time to take the change up. */
  onOver?: () => void;
}): JSX.Element {
  const { result, trans, onOver } = props;
  const start = Date.parse(result.applied_at);
  const end = Date.parse(result.propagation_until);
  const left = useSecondsUntil(end, onOver);
  const role = roleName(result.role_arn);
  return (
    <div className="jp-smext-Propagation" role="status" data-state={result.state}>
      <div className="jp-smext-Propagation-row">
        <Status
          kind={left > 0 ? 'running' : 'good'}
          word={
            result.state === 'applied'
              ? trans.__('Applied to %1 as %2', role, result.policy_name)
              : trans.__('Taken back from %1', role)
          }
        />
        {result.undo_token && (
          <Button
            icon={undoIcon}
            label={trans.__('Undo')}
            disabled={props.busy}
            onClick={props.onUndo}
          />
        )}
      </div>
      {left > 0 && (
        <>
          <progress
            aria-label={trans.__('Time until the change holds everywhere')}
            max={end - start}
            value={end - start - left * 1000}
          />
          <span aria-live="off">
            {trans.__(
              'AWS may answer as before for up to %1. Then it is checked again.',
              formatDuration(left)
            )}
          </span>
        </>
      )}
    </div>
  );
}

/** Whole seconds until a moment, once a second; `onOver` is called when it comes. */
function useSecondsUntil(end: number, onOver?: () => void): number {
  const [now, setNow] = React.useState(Date.now);
  const over = React.useRef(onOver);
  over.current = onOver;
  React.useEffect(() => {
    if (Date.now() >= end) {
      return;
    }
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= end) {
        clearInterval(timer);
        over.current?.();
      }
    }, 1_000);
    return () => clearInterval(timer);
  }, [end]);
  return Math.max(0, Math.ceil((end - now) / 1000));
}
