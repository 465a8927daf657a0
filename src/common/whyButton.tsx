import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Button } from './button';

/** A bubbling event of the page: somebody wants to know why something was refused. */
export const EXPLAIN = 'jp-smext-explain';

/** What is known about a refusal: the text that said so, and what it was about. */
export interface IRefusal {
  text: string;
  operation?: string;
  action?: string;
  resource?: string;
  principal?: string;
}

/** Asks whoever listens on the page to explain a refusal; hidden as long as nobody marked the page so. */
export function WhyButton(props: {
  refusal: IRefusal;
  trans: TranslationBundle;
}): React.ReactElement {
  const host = React.useRef<HTMLSpanElement>(null);
  const ask = () =>
    host.current?.dispatchEvent(
      new CustomEvent<IRefusal>(EXPLAIN, { bubbles: true, detail: props.refusal })
    );
  return (
    <span className="jp-smext-WhyButton" ref={host}>
      <Button label={props.trans.__('Why?')} onClick={ask} />
    </span>
  );
}

/** Answer the buttons of the page from now on. */
export function onExplain(explain: (refusal: IRefusal) => void): void {
  document.body.addEventListener(EXPLAIN, event =>
    explain((event as CustomEvent<IRefusal>).detail)
  );
  document.body.classList.add('jp-smext-mod-explains');
}
