import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ErrorView } from '../common/errorView';
import { formatNumber, formatTime } from '../common/format';
import type { EndpointModel, ICall, IPayload } from './endpointModel';

const CONTENT_TYPES = ['text/csv', 'application/json', 'application/jsonlines', 'text/plain'];
/** What a payload looks like. */
const EXAMPLES: Record<string, string> = {
  'text/csv': '39.1,18.7,181.0,3750.0',
  'application/json': '{"instances": [[39.1, 18.7, 181.0, 3750.0]]}',
  'application/jsonlines': '{"features": [39.1, 18.7, 181.0, 3750.0]}'
};
const ACCEPTS = ['application/json', 'text/csv', 'application/jsonlines', '*/*'];

/** Send payloads to an endpoint, and see the answers. */
export function InvokeView(props: {
  model: EndpointModel;
  inService: boolean;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, inService, trans } = props;
  const { body, content_type: contentType, accept } = model.draft;
  const edit = (draft: Partial<IPayload>) => (model.draft = { ...model.draft, ...draft });
  const send = () => {
    if (inService && !model.calling && body) {
      void model.invoke(model.draft);
    }
  };

  return (
    <section className="jp-smext-Invoke" aria-label={trans.__('Test the endpoint')}>
      <h3>{trans.__('Test')}</h3>
      <textarea
        className="jp-mod-styled jp-smext-Invoke-body"
        aria-label={trans.__('Payload')}
        placeholder={EXAMPLES[contentType]}
        rows={6}
        spellCheck={false}
        value={body}
        onChange={event => edit({ body: event.target.value })}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            // Ctrl+Enter runs a cell elsewhere; here it is meant for the payload.
            event.stopPropagation();
            send();
          }
        }}
      />
      <div className="jp-smext-Invoke-bar">
        <Select
          label={trans.__('Content type')}
          value={contentType}
          choices={CONTENT_TYPES}
          onChange={content_type => edit({ content_type })}
        />
        <Select
          label={trans.__('Accept')}
          value={accept}
          choices={ACCEPTS}
          onChange={value => edit({ accept: value })}
        />
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
          title={trans.__('Ctrl+Enter')}
          disabled={!inService || model.calling || !body}
          onClick={send}
        >
          {model.calling ? trans.__('Sending…') : trans.__('Send')}
        </button>
        {!inService && (
          <span className="jp-smext-Invoke-note">
            {trans.__('The endpoint answers when it is in service.')}
          </span>
        )}
      </div>
      <div role="status" className="jp-smext-Hidden">
        {model.calls[0] && summary(model.calls[0], trans)}
      </div>
      <ol className="jp-smext-Calls" reversed aria-label={trans.__('Calls of this session')}>
        {model.calls.map((call, index) => (
          <Call
            key={call.id}
            call={call}
            open={index === 0}
            onRepeat={() => edit(call.payload)}
            trans={trans}
          />
        ))}
      </ol>
    </section>
  );
}

function Call(props: {
  call: ICall;
  open: boolean;
  onRepeat: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { call, trans } = props;
  const { result, error, payload } = call;
  return (
    <li className="jp-smext-Call">
      <details open={props.open}>
        <summary>
          <span className="jp-smext-Call-summary">{summary(call, trans)}</span>
          <span className="jp-smext-Call-time">{formatTime(call.sent / 1000)}</span>
        </summary>
        {error && <ErrorView error={error} trans={trans} />}
        {result && (
          <div className="jp-smext-Call-answer">
            <pre tabIndex={0}>
              {result.body_base64 ? trans.__('(binary answer)') : pretty(result.body)}
            </pre>
            <button
              type="button"
              className="jp-smext-IconButton"
              title={trans.__('Copy the answer')}
              aria-label={trans.__('Copy the answer')}
              onClick={() => Clipboard.copyToSystem(result.body)}
            >
              <copyIcon.react tag="span" aria-hidden="true" />
            </button>
          </div>
        )}
        <details className="jp-smext-Call-payload">
          <summary>{trans.__('Payload (%1)', payload.content_type)}</summary>
          <pre tabIndex={0}>{payload.body}</pre>
          <button type="button" className="jp-smext-Link" onClick={props.onRepeat}>
            {trans.__('Edit and send again')}
          </button>
        </details>
      </details>
    </li>
  );
}

function Select(props: {
  label: string;
  value: string;
  choices: readonly string[];
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <label className="jp-smext-Invoke-select">
      <span>{props.label}</span>
      <HTMLSelect value={props.value} onChange={event => props.onChange(event.target.value)}>
        {props.choices.map(choice => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </HTMLSelect>
    </label>
  );
}

/** `12 ms · application/json · AllTraffic`, or what failed. */
function summary(call: ICall, trans: TranslationBundle): string {
  if (call.error) {
    return trans.__('Failed: %1', call.error.message);
  }
  const { result } = call;
  return [
    result && trans.__('%1 ms', formatNumber(result.latency_ms, 0)),
    result?.content_type,
    result?.invoked_production_variant,
    result && result.attempts > 1 && trans.__('%1 attempts', result.attempts)
  ]
    .filter(Boolean)
    .join(' · ');
}

/** JSON with line breaks; anything else as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
