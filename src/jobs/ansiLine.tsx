import Anser from 'anser';
import * as React from 'react';

export interface IAnsiLineProps {
  message: string;
  /** Lower-case words to mark; empty: none. */
  mark: string;
}

/** One log line as a terminal would show it: colours kept, and of a progress bar its last state only. */
export const AnsiLine = React.memo((props: IAnsiLineProps): JSX.Element => {
  const text = lastState(props.message);
  if (!text.includes('\u001b')) {
    return <>{marked(text, props.mark)}</>;
  }
  const chunks = Anser.ansiToJson(text, { use_classes: true, remove_empty: true });
  return (
    <>
      {chunks.map((chunk, index) => (
        <span key={index} className={classes(chunk)}>
          {marked(chunk.content, props.mark)}
        </span>
      ))}
    </>
  );
});

/** The text without its colours. */
export function plainText(message: string): string {
  return Anser.ansiToText(lastState(message));
}

/** A progress bar rewrites its line by going back to its start. */
function lastState(message: string): string {
  const text = message.replace(/[\r\n]+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
}

function classes(chunk: Anser.AnserJsonEntry): string {
  return [
    chunk.fg && `jp-mod-${chunk.fg}-fg`,
    chunk.bg && `jp-mod-${chunk.bg}-bg`,
    ...chunk.decorations.map(decoration => `jp-mod-${decoration}`)
  ]
    .filter(Boolean)
    .join(' ');
}

function marked(text: string, mark: string): React.ReactNode {
  if (!mark) {
    return text;
  }
  const parts: React.ReactNode[] = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(mark); at >= 0; at = lower.indexOf(mark, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + mark.length)}</mark>);
    from = at + mark.length;
  }
  return parts.length ? [...parts, text.slice(from)] : text;
}
