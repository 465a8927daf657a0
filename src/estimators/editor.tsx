import { DOMUtils } from '@jupyterlab/apputils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import { useSignal } from '../common/useSignal';
import type { ISmext, ITasks } from '../tokens';
import { CodeView } from './codeView';
import { documentOf } from './documentText';
import { EstimatorForm } from './form';
import { LaunchBar } from './launchBar';
import type { LaunchModel } from './launchModel';
import { LocalLog } from './localLog';
import type { EstimatorModel } from './model';
import type { INotebookTarget } from './notebookTarget';
import type { IPlace } from './problemList';
import type { EstimatorsService, SpecKind, SpecValues } from './service';
import { EstimatorSession } from './session';
import type { ISyntaxProblem } from './specText';

/** The form of one document, or why there is none, above its launch bar. */
export class EstimatorEditor extends ReactWidget {
  constructor(private readonly _options: EstimatorEditor.IOptions) {
    super();
    const { context, smext } = _options;
    // Two forms may be open: the labels of one must not point into the other.
    this.id = DOMUtils.createDomID();
    this.addClass('jp-smext-Editor');
    this._document = documentOf(context);
    this.session = new EstimatorSession({ ..._options, document: this._document });
    this.session.launch.launched.connect(this._onLaunched, this);
    this.session.changed.connect(this._emitChanged, this);
    smext.identityChanged.connect(this._emitChanged, this);
    smext.problemChanged.connect(this._emitChanged, this);
  }

  readonly session: EstimatorSession;

  /** Show or hide the request that a launch would send, and the code that sends the same. */
  toggleCode(): void {
    this._codeShown = !this._codeShown;
    this._emitChanged();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.session.dispose();
    this._document.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  protected render(): JSX.Element {
    const { trans, smext } = this._options;
    const { session } = this;
    return (
      <UseSignal signal={this._changed}>
        {() =>
          smext.problem ? (
            <ErrorView error={smext.problem} trans={trans} onRetry={() => void smext.check()} />
          ) : session.error ? (
            <ErrorView error={session.error} trans={trans} onRetry={() => void session.load()} />
          ) : !session.model ? (
            <LoadingView trans={trans} />
          ) : (
            <Editor
              {...this._options}
              session={session}
              model={session.model}
              idPrefix={`smext-spec-${this.id}`}
              codeShown={this._codeShown}
              onToggleCode={() => this.toggleCode()}
            />
          )
        }
      </UseSignal>
    );
  }

  private _onLaunched(_: LaunchModel, name: string): void {
    this._options.openJob(name, this.session.kind);
  }

  private _emitChanged(): void {
    this._changed.emit();
  }

  private readonly _document: ReturnType<typeof documentOf>;
  private readonly _changed = new Signal<this, void>(this);
  private _codeShown = false;
}

export namespace EstimatorEditor {
  export interface IOptions {
    context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;
    service: EstimatorsService;
    smext: ISmext;
    tasks: ITasks;
    trans: TranslationBundle;
    /** Open what a launch made. */
    openJob: (name: string, kind: SpecKind) => void;
    openS3: ((uri: string) => void) | null;
    /** Ask for a place in S3, beginning at one; answers its address, or null. */
    pickS3: ((start: string) => Promise<string | null>) | null;
    /** Show the document's text, at a place in it. */
    openText: (line?: number, column?: number) => void;
    /** Open a new Python file with this code. */
    newFile: (code: string) => void;
    /** Open a new notebook with this code. */
    newNotebook: (code: string) => void;
    /** The notebook that code can be added to; null where there are no notebooks. */
    notebook: INotebookTarget | null;
  }
}

interface IEditorProps extends EstimatorEditor.IOptions {
  session: EstimatorSession;
  model: EstimatorModel;
  idPrefix: string;
  codeShown: boolean;
  onToggleCode: () => void;
}

function Editor(props: IEditorProps): JSX.Element {
  // A model follows another without a moment in between in which there is none.
  useSignal(props.model.changed);
  // Another model is another form: what is folded in one says nothing about the other.
  return <Document key={props.session.kind} {...props} />;
}

function Document(props: IEditorProps): JSX.Element {
  const { session, model, trans, context } = props;
  const [target, setTarget] = React.useState<{ place: IPlace } | null>(null);
  // While the server looks at an edit, the code of the text before it stays.
  const checked = React.useRef<SpecValues | null>(null);
  if (model.valid) {
    checked.current = model.spec.values;
  } else if (!model.checking) {
    checked.current = null;
  }

  if (!model.spec.values) {
    return <SyntaxProblems problems={model.spec.problems} trans={trans} onShow={props.openText} />;
  }
  return (
    <>
      <div className="jp-smext-Editor-form">
        <EstimatorForm
          model={model}
          service={props.service}
          catalog={session.catalog}
          trans={trans}
          idPrefix={props.idPrefix}
          openS3={props.openS3}
          pickS3={props.pickS3}
          readOnly={context.contentsModel?.writable === false}
          target={target}
          onTargetMissing={place =>
            props.openText(place.line ?? undefined, place.column ?? undefined)
          }
        />
      </div>
      {props.codeShown && checked.current && (
        <CodeView
          service={props.service}
          spec={checked.current}
          document={session.document}
          trans={trans}
          jobName={session.launch.jobName}
          newFile={props.newFile}
          newNotebook={props.newNotebook}
          notebook={props.notebook}
        />
      )}
      <UseSignal signal={session.launch.changed}>
        {() =>
          model.local &&
          session.launch.localRun && (
            <LocalLog
              service={props.service}
              document={session.document}
              running={session.launch.busy}
              trans={trans}
            />
          )
        }
      </UseSignal>
      <LaunchBar
        model={model}
        launch={session.launch}
        preflight={session.preflight}
        trans={trans}
        sandbox={props.smext.identity?.sandbox === true}
        codeShown={props.codeShown}
        onToggleCode={props.onToggleCode}
        onCheck={() => void session.check()}
        onLaunch={() => void session.launchFirst()}
        onLaunchAgain={() => void session.launchAgain()}
        onLaunchAnyway={() => void session.launchAnyway()}
        onOpenJob={name => props.openJob(name, session.kind)}
        onShowPlace={place => setTarget({ place })}
      />
    </>
  );
}

/** Instead of the form: what keeps the text from being read. */
function SyntaxProblems(props: {
  problems: readonly ISyntaxProblem[];
  trans: TranslationBundle;
  onShow: (line: number, column: number) => void;
}): JSX.Element {
  const { trans } = props;
  return (
    <div className="jp-smext-ErrorView" role="alert">
      <div className="jp-smext-ErrorView-title">{trans.__('The text cannot be read as YAML')}</div>
      <p>{trans.__('The form is back as soon as the text can be read again.')}</p>
      <ul className="jp-smext-Problems">
        {props.problems.map((problem, index) => (
          <li key={index}>
            <button
              type="button"
              className="jp-smext-Problem"
              onClick={() => props.onShow(problem.line, problem.column)}
            >
              <span className="jp-smext-Problem-place">
                {trans.__('Line %1, column %2', problem.line, problem.column)}
              </span>
              <span>{problem.message}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
