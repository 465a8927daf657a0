import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

/** Render again whenever a signal is emitted; unlike `UseSignal` it follows where the signal becomes another one. */
export function useSignal(signal: ISignal<unknown, unknown>): void {
  const [, render] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const slot = () => render();
    signal.connect(slot);
    // What was emitted since it was rendered.
    slot();
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}
