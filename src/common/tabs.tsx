import * as React from 'react';

export interface ITab {
  id: string;
  label: string;
  /** Rendered only while the tab is chosen. */
  content: () => React.ReactNode;
}

/** Tabs with the keyboard of the ARIA tab pattern: arrows, Home and End choose, Tab goes into the content. */
export function Tabs(props: {
  label: string;
  tabs: readonly ITab[];
  current: string;
  onChange: (id: string) => void;
}): JSX.Element {
  const { tabs, current } = props;
  const id = React.useId();
  const strip = React.useRef<HTMLDivElement>(null);
  const index = Math.max(
    0,
    tabs.findIndex(tab => tab.id === current)
  );

  const onKeyDown = (event: React.KeyboardEvent) => {
    const targets: Record<string, number> = {
      ArrowRight: (index + 1) % tabs.length,
      ArrowLeft: (index + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      props.onChange(tabs[target].id);
      strip.current?.querySelectorAll<HTMLElement>('[role="tab"]')[target].focus();
    }
  };

  return (
    <div className="jp-smext-Tabs">
      <div
        ref={strip}
        className="jp-smext-Tabs-strip"
        role="tablist"
        aria-label={props.label}
        onKeyDown={onKeyDown}
      >
        {tabs.map((tab, number) => (
          <button
            key={tab.id}
            id={`${id}${tab.id}`}
            type="button"
            role="tab"
            aria-selected={number === index}
            aria-controls={`${id}panel`}
            tabIndex={number === index ? 0 : -1}
            onClick={() => props.onChange(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        className="jp-smext-Tabs-content"
        id={`${id}panel`}
        role="tabpanel"
        aria-labelledby={`${id}${tabs[index].id}`}
        data-tab={tabs[index].id}
      >
        {tabs[index].content()}
      </div>
    </div>
  );
}
