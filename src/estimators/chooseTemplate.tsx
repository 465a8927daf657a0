import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { Template, TemplateList } from '../api/types';
import { Button } from '../common/button';
import { ChosenField } from '../common/chosenField';
import { DialogBody } from '../common/dialogBody';
import { ErrorView } from '../common/errorView';
import { type IColumn, Listing } from '../common/listing';
import { EmptyView, LoadingView } from '../common/stateView';
import { Status } from '../common/status';
import { useLoaded } from '../common/useLoaded';
import type { EstimatorsService } from './service';

/** Ask for one of the team's templates. Answers its text, or null. */
export async function chooseTemplate(
  service: EstimatorsService,
  trans: TranslationBundle
): Promise<string | null> {
  const dialog: Dialog<string | null> = new Dialog({
    title: trans.__('New Estimator from Template'),
    body: new TemplateBody(service, () => dialog.resolve(), trans),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Create') })],
    focusNodeSelector: 'input[type="search"]'
  });
  const { button, value } = await dialog.launch();
  return button.accept ? value : null;
}

class TemplateBody extends DialogBody implements Dialog.IBodyWidget<string | null> {
  constructor(
    private readonly _service: EstimatorsService,
    private readonly _accept: () => void,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-Templates');
  }

  getValue(): string | null {
    return this._text;
  }

  protected render(): React.ReactElement {
    return (
      <Templates
        service={this._service}
        onText={text => (this._text = text)}
        onAccept={this._accept}
        trans={this._trans}
      />
    );
  }

  private _text: string | null = null;
}

interface ITemplatesProps {
  service: EstimatorsService;
  /** The text of what is selected; null: nothing is, or it is not read yet. */
  onText: (text: string | null) => void;
  onAccept: () => void;
  trans: TranslationBundle;
}

function Templates(props: ITemplatesProps): JSX.Element {
  const { service, trans } = props;
  const [query, setQuery] = React.useState('');
  const [key, setKey] = React.useState<string | null>(null);
  const refresh = React.useRef(false);
  const list = useLoaded(React.useCallback(() => service.templates(refresh.current), [service]));
  const word = query.trim().toLowerCase();
  const rows = (list.value?.templates ?? []).filter(({ name, description, source }) =>
    `${name} ${description ?? ''} ${source}`.toLowerCase().includes(word)
  );
  const chosen = rows.find(each => keyOf(each) === key) ?? null;
  const columns = React.useMemo(() => templateColumns(trans), [trans]);
  return (
    <>
      <div className="jp-smext-Templates-bar">
        <input
          className="jp-mod-styled"
          type="search"
          placeholder={trans.__('Search templates')}
          aria-label={trans.__('Search templates')}
          value={query}
          onChange={event => setQuery(event.target.value)}
        />
        <Button
          label={trans.__('Refresh')}
          disabled={list.loading}
          onClick={() => {
            refresh.current = true;
            list.reload();
          }}
        />
      </div>
      <Listing
        label={trans.__('Templates')}
        rows={rows}
        columns={columns}
        keyOf={keyOf}
        nameOf={row => row.name}
        rowHeight={40}
        selected={new Set(key === null ? [] : [key])}
        onSelect={keys => setKey([...keys].pop() ?? null)}
        onOpen={props.onAccept}
        placeholder={
          list.error ? (
            <ErrorView error={list.error} trans={trans} onRetry={list.reload} />
          ) : list.loading ? (
            <LoadingView trans={trans} />
          ) : (
            <NoTemplates list={list.value} trans={trans} />
          )
        }
        trans={trans}
      />
      <Sources list={list.value} trans={trans} />
      <Preview key={key} template={chosen} {...props} />
    </>
  );
}

function templateColumns(trans: TranslationBundle): IColumn<Template>[] {
  return [
    {
      id: 'name',
      label: trans.__('Template'),
      track: 'minmax(0, 3fr)',
      render: row => (
        <span className="jp-smext-Templates-name">
          <span>{row.name}</span>
          <span className="jp-smext-Form-description">{row.description}</span>
        </span>
      )
    },
    {
      id: 'state',
      label: trans.__('State'),
      track: '110px',
      render: ({ problems = [] }) =>
        problems.length > 0 ? (
          <Status
            kind="bad"
            word={trans._n('%1 problem', '%1 problems', problems.length)}
            title={problems.map(each => `${each.path} ${each.message}`.trim()).join('\n')}
          />
        ) : (
          <Status kind="good" word={trans.__('Valid')} />
        )
    },
    {
      id: 'source',
      label: trans.__('From'),
      track: 'minmax(0, 2fr)',
      hideBelow: 480,
      render: row => (
        <span className="jp-smext-Templates-name" title={row.source}>
          <span>{row.source}</span>
          <span className="jp-smext-Form-description">{row.version?.slice(0, 12)}</span>
        </span>
      )
    }
  ];
}

function NoTemplates(props: {
  list: TemplateList | null;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { list, trans } = props;
  if (!list || list.templates.length > 0) {
    return <EmptyView title={trans.__('No template is like that')} />;
  }
  return list.sources.length > 0 ? (
    <EmptyView title={trans.__('No source has a template')} />
  ) : (
    <EmptyView
      title={trans.__('No templates')}
      hint={trans.__(
        'They come from git repositories, S3 prefixes and folders that stand under “templates” in the policy of your administrator, or in the file of your own defaults.'
      )}
    />
  );
}

/** What a reader should know of the sources: which cannot be read, and what of them is not shown. */
function Sources(props: {
  list: TemplateList | null;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { trans } = props;
  const told = (props.list?.sources ?? []).flatMap(({ source, notes = [], problem }) => [
    ...(problem ? [trans.__('%1 cannot be read: %2', source, problem.message)] : []),
    ...notes.map(note => `${source}: ${note}`)
  ]);
  return told.length === 0 ? null : (
    <ul className="jp-smext-Templates-sources">
      {told.map(text => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** The selected template: its name and its text. */
function Preview(props: ITemplatesProps & { template: Template | null }): JSX.Element {
  const { service, template, onText, trans } = props;
  const [text, setText] = React.useState<string | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);

  React.useEffect(() => {
    let left = false;
    onText(null);
    if (template) {
      service.template(template.source, template.path).then(
        answer => {
          if (!left) {
            setText(answer.text);
            onText(answer.text);
          }
        },
        (reason: unknown) => !left && setError(SmextError.from(reason))
      );
    }
    return () => {
      left = true;
    };
  }, [service, template?.source, template?.path]);

  return (
    <>
      <ChosenField value={text !== null && template ? template.name : null} trans={trans} />
      {error && <ErrorView error={error} trans={trans} />}
      {text !== null && (
        <pre className="jp-smext-Json" tabIndex={0} aria-label={trans.__('Text of the template')}>
          {text}
        </pre>
      )}
    </>
  );
}

function keyOf({ source, path }: Template): string {
  return `${source} ${path}`;
}
