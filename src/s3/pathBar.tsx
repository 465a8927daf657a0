import type { TranslationBundle } from '@jupyterlab/translation';
import { caretRightIcon, editIcon, homeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../api/client';
import { type ILocation, nameOf, pathTo, uriOf } from './location';

export interface IPathBarProps {
  location: ILocation | null;
  /** The path is a text field. */
  editing: boolean;
  onEdit(editing: boolean): void;
  /** Addresses that the field offers. */
  suggestions: readonly string[];
  onOpen(location: ILocation | null): void;
  /** Go to what was typed. Rejects with a SmextError where it names no place. */
  onOpenText(text: string): Promise<void>;
  trans: TranslationBundle;
}

/** Where we are: a step for each folder, or a field that takes any S3 address. */
export function PathBar(props: IPathBarProps): React.ReactElement {
  return props.editing ? <PathField {...props} /> : <Crumbs {...props} />;
}

/** Steps in the middle beyond this many are folded into one. */
const MOST_CRUMBS = 4;

function Crumbs(props: IPathBarProps): React.ReactElement {
  const { location, trans } = props;
  const places = location ? pathTo(location) : [];
  const folded = places.length > MOST_CRUMBS ? places.length - MOST_CRUMBS + 1 : 0;
  return (
    <nav className="jp-smext-PathBar" aria-label={trans.__('Path in S3')}>
      <ol>
        <li>
          <button
            type="button"
            className="jp-smext-IconButton"
            title={trans.__('All buckets')}
            aria-label={trans.__('All buckets')}
            aria-current={location ? undefined : 'location'}
            onClick={() => props.onOpen(null)}
          >
            <homeIcon.react tag="span" aria-hidden="true" />
          </button>
        </li>
        {places.map((place, index) => {
          if (index >= 1 && index < 1 + folded && index !== folded) {
            return null;
          }
          const isFolded = folded > 0 && index === folded;
          const name = place.prefix === '' ? place.bucket : nameOf(place.prefix) || '/';
          return (
            <li key={place.prefix} data-step={isFolded ? 'folded' : undefined}>
              <caretRightIcon.react tag="span" className="jp-smext-PathBar-separator" />
              <button
                type="button"
                className="jp-smext-PathBar-crumb"
                title={uriOf(place)}
                aria-label={isFolded ? uriOf(place) : undefined}
                aria-current={index === places.length - 1 ? 'location' : undefined}
                onClick={() => props.onOpen(place)}
              >
                {isFolded ? '…' : name}
              </button>
            </li>
          );
        })}
      </ol>
      <button
        type="button"
        className="jp-smext-IconButton"
        title={trans.__('Type a path')}
        aria-label={trans.__('Type a path')}
        onClick={() => props.onEdit(true)}
      >
        <editIcon.react tag="span" aria-hidden="true" />
      </button>
    </nav>
  );
}

function PathField(props: IPathBarProps): React.ReactElement {
  const { trans } = props;
  const [text, setText] = React.useState(uriOf(props.location));
  const [problem, setProblem] = React.useState<SmextError | null>(null);
  const input = React.useRef<HTMLInputElement>(null);
  const hint = React.useId();
  const list = React.useId();

  React.useEffect(() => input.current?.select(), []);

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await props.onOpenText(text);
    } catch (reason) {
      setProblem(SmextError.from(reason));
      return;
    }
    props.onEdit(false);
  };

  return (
    <form className="jp-smext-PathField" onSubmit={event => void submit(event)}>
      <input
        ref={input}
        type="text"
        className="jp-mod-styled"
        spellCheck={false}
        autoComplete="off"
        aria-label={trans.__('Path in S3')}
        aria-invalid={problem !== null}
        aria-describedby={hint}
        list={list}
        placeholder={trans.__('s3://bucket/prefix')}
        value={text}
        onChange={event => {
          setText(event.target.value);
          setProblem(null);
        }}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            props.onEdit(false);
          }
        }}
        onBlur={() => !problem && props.onEdit(false)}
      />
      <datalist id={list}>
        {props.suggestions.map(each => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <div id={hint} className="jp-smext-PathField-hint" role={problem ? 'alert' : undefined}>
        {problem
          ? `${problem.envelope.message} ${problem.envelope.hint ?? ''}`
          : trans.__('An s3:// address, an ARN, or an address of the AWS console')}
      </div>
    </form>
  );
}
