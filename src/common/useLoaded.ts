import * as React from 'react';
import { SmextError } from '../api/client';

export interface ILoaded<T> {
  /** The last answer; null until there is one. */
  readonly value: T | null;
  /** Why the last attempt failed; null where it did not. */
  readonly error: SmextError | null;
  readonly loading: boolean;
  /** Ask again. */
  reload(): void;
}

/** What `load` answers, asked for when the view appears and whenever `load` is another function. */
export function useLoaded<T>(load: () => Promise<T>): ILoaded<T> {
  const [state, setState] = React.useState<Omit<ILoaded<T>, 'reload'>>({
    value: null,
    error: null,
    loading: true
  });
  const [attempt, setAttempt] = React.useState(0);

  React.useEffect(() => {
    let left = false;
    setState(({ value }) => ({ value, error: null, loading: true }));
    load().then(
      value => !left && setState({ value, error: null, loading: false }),
      (reason: unknown) =>
        !left && setState({ value: null, error: SmextError.from(reason), loading: false })
    );
    return () => {
      left = true;
    };
  }, [load, attempt]);

  return { ...state, reload: React.useCallback(() => setAttempt(count => count + 1), []) };
}
