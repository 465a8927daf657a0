import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../api/client';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import { Tabs } from '../common/tabs';
import { ChangesView } from './changesView';
import type { INotebookTarget } from './notebookTarget';
import type { EstimatorsService, SpecValues } from './service';

/** The ways to say what a spec says: the request itself, and code that sends the same. */
const FACES = ['request', 'sdk-v3', 'sdk-v2', 'boto3'] as const;

/** Beside them: what is different from the launch before. */
const CHANGES = 'changes';

type Face = (typeof FACES)[number];

interface IShown {
  text: string;
  notes: readonly string[];
}

export interface ICodeViewProps {
  service: EstimatorsService;
  spec: SpecValues;
  document: string;
  /** The job of the launch before; null where there was none. */
  jobName: string | null;
  trans: TranslationBundle;
  /** Open a new Python file with this code. */
  newFile: (code: string) => void;
  /** Open a new notebook with this code. */
  newNotebook: (code: string) => void;
  /** The notebook that this code can be added to; null where there are no notebooks. */
  notebook: INotebookTarget | null;
}

/** The request that a launch would send, and code for each SDK that sends the same. */
export function CodeView(props: ICodeViewProps): JSX.Element {
  const { trans, jobName } = props;
  const [face, setFace] = React.useState<Face | typeof CHANGES>('request');
  const labels: Record<Face, string> = {
    request: trans.__('Request'),
    'sdk-v3': trans.__('SDK v3'),
    'sdk-v2': trans.__('SDK v2'),
    boto3: trans.__('boto3')
  };
  return (
    <section className="jp-smext-Code" aria-label={trans.__('Code')}>
      <Tabs
        label={trans.__('Code')}
        current={face}
        onChange={id => setFace(id as Face | typeof CHANGES)}
        tabs={[
          ...FACES.map(each => ({
            id: each,
            label: labels[each],
            content: () => <FaceView key={each} face={each} {...props} />
          })),
          ...(jobName === null
            ? []
            : [
                {
                  id: CHANGES,
                  label: trans.__('Changes'),
                  content: () => <ChangesView {...props} jobName={jobName} />
                }
              ])
        ]}
      />
    </section>
  );
}

function FaceView(props: ICodeViewProps & { face: Face }): JSX.Element {
  const { service, document, face, trans } = props;
  const [shown, setShown] = React.useState<IShown | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [attempt, setAttempt] = React.useState(0);
  // Equal specs that are not the same object must not be asked about again.
  const spec = JSON.stringify(props.spec);

  React.useEffect(() => {
    let stale = false;
    read(service, JSON.parse(spec), document, face).then(
      answer => {
        if (!stale) {
          setShown(answer);
          setError(null);
        }
      },
      reason => !stale && setError(SmextError.from(reason))
    );
    return () => {
      stale = true;
    };
  }, [service, spec, document, face, attempt]);

  if (error) {
    return <ErrorView error={error} trans={trans} onRetry={() => setAttempt(attempt + 1)} />;
  }
  if (!shown) {
    return <LoadingView trans={trans} />;
  }
  return (
    <>
      <div className="jp-smext-Code-bar">
        <button
          type="button"
          className="jp-smext-AddButton"
          onClick={() => Clipboard.copyToSystem(shown.text)}
        >
          <copyIcon.react tag="span" aria-hidden="true" />
          {trans.__('Copy')}
        </button>
        {face !== 'request' && (
          <>
            {props.notebook && (
              <CellButton notebook={props.notebook} code={shown.text} trans={trans} />
            )}
            <button
              type="button"
              className="jp-smext-AddButton"
              onClick={() => props.newNotebook(shown.text)}
            >
              {trans.__('New notebook')}
            </button>
            <button
              type="button"
              className="jp-smext-AddButton"
              onClick={() => props.newFile(shown.text)}
            >
              {trans.__('New file')}
            </button>
          </>
        )}
      </div>
      {shown.notes.length > 0 && (
        <ul className="jp-smext-Code-notes">
          {shown.notes.map(note => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <pre className="jp-smext-Json" tabIndex={0}>
        {shown.text}
      </pre>
    </>
  );
}

/** Adds the code to the notebook that was used last, as long as one is open. */
function CellButton(props: {
  notebook: INotebookTarget;
  code: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { notebook, code, trans } = props;
  return (
    <UseSignal signal={notebook.changed}>
      {() =>
        notebook.name === null ? null : (
          <button
            type="button"
            className="jp-smext-AddButton"
            title={trans.__('Add a cell with this code to %1', notebook.name)}
            onClick={() => void notebook.addCell(code)}
          >
            {trans.__('New cell')}
          </button>
        )
      }
    </UseSignal>
  );
}

async function read(
  service: EstimatorsService,
  spec: SpecValues,
  document: string,
  face: Face
): Promise<IShown> {
  if (face === 'request') {
    const request = await service.request(spec, document);
    return { text: JSON.stringify(request, null, 2), notes: [] };
  }
  const { code, notes } = await service.export(spec, document, face);
  return { text: code, notes };
}
