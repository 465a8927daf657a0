import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { Catalog, Problem } from '../api/types';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import type { ISmext, ITasks } from '../tokens';
import { EstimatorForm } from './form';
import { LaunchBar } from './launchBar';
import { LaunchModel } from './launchModel';
import { EstimatorModel, type ITextSource } from './model';
import { RequestView } from './requestView';
import type { EstimatorsService, SpecValues } from './service';
import { readSchema } from './specSchema';
import type { ISyntaxProblem } from './specText';

/** The form of one document, or why there is none, above its launch bar. */
export class EstimatorEditor extends ReactWidget {
  constructor(private readonly _options: EstimatorEditor.IOptions) {
    super();
    const { context, service, smext } = _options;
    this.addClass('jp-smext-Editor');
    this._source = new ContextText(context);
    this._launch = new LaunchModel({
      service,
      tasks: _options.tasks,
      document: () => context.localPath
    });
    this._launch.launched.connect((_, name) => _options.openJob(name));
    smext.identityChanged.connect(this._emitChanged, this);
    smext.problemChanged.connect(this._emitChanged, this);
    void this._load();
  }

  /** Nothing stands in the way of a launch. */
  get canLaunch(): boolean {
    return this._model?.valid === true && !this._launch.busy;
  }

  /** The document was launched before. */
  get wasLaunched(): boolean {
    return this._launch.jobName !== null;
  }

  /** Save the document and launch it, unless it was launched before. */
  launch(): Promise<void> {
    return this._saveAnd((values, save) => this._launch.launch(values, save));
  }

  /** Save the document and launch it once more. */
  launchAgain(): Promise<void> {
    return this._saveAnd((values, save) => this._launch.again(values, save));
  }

  /** Show or hide the request that a launch would send. */
  toggleRequest(): void {
    this._requestShown = !this._requestShown;
    this._emitChanged();
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._model?.dispose();
    this._launch.dispose();
    this._source.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  protected render(): JSX.Element {
    const { trans, smext } = this._options;
    return (
      <UseSignal signal={this._changed}>
        {() =>
          smext.problem ? (
            <ErrorView error={smext.problem} trans={trans} onRetry={() => void smext.check()} />
          ) : this._error ? (
            <ErrorView error={this._error} trans={trans} onRetry={() => void this._load()} />
          ) : !this._model ? (
            <LoadingView trans={trans} />
          ) : (
            <Editor
              {...this._options}
              model={this._model}
              launch={this._launch}
              catalog={this._catalog}
              idPrefix={`smext-spec-${this.id}`}
              requestShown={this._requestShown}
              onToggleRequest={() => this.toggleRequest()}
              onLaunch={() => void this.launch()}
              onLaunchAgain={() => void this.launchAgain()}
            />
          )
        }
      </UseSignal>
    );
  }

  /** What is launched is what the file says: it is saved first. */
  private async _saveAnd(
    launch: (values: SpecValues, save: () => Promise<void>) => Promise<void>
  ): Promise<void> {
    const { context } = this._options;
    const values = this._model?.spec.values;
    if (values && this.canLaunch) {
      await launch(values, async () => {
        if (context.model.dirty) {
          await context.save();
        }
      });
    }
  }

  private async _load(): Promise<void> {
    const { service, smext } = this._options;
    this._error = null;
    this._emitChanged();
    try {
      await smext.ready;
      const schema = readSchema(await service.schema());
      if (this.isDisposed) {
        return;
      }
      this._model = new EstimatorModel({ source: this._source, service, schema });
      void this._launch.refresh();
      // Without the catalog the form works: names and versions are then typed.
      this._catalog = await service.catalog().catch(() => null);
    } catch (reason) {
      this._error = SmextError.from(reason);
    }
    if (!this.isDisposed) {
      this._emitChanged();
    }
  }

  private _emitChanged(): void {
    this._changed.emit();
  }

  private readonly _source: ContextText;
  private readonly _launch: LaunchModel;
  private readonly _changed = new Signal<this, void>(this);
  private _model: EstimatorModel | null = null;
  private _catalog: Catalog | null = null;
  private _error: SmextError | null = null;
  private _requestShown = false;
}

export namespace EstimatorEditor {
  export interface IOptions {
    context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;
    service: EstimatorsService;
    smext: ISmext;
    tasks: ITasks;
    trans: TranslationBundle;
    openJob: (name: string) => void;
    openS3: ((uri: string) => void) | null;
    /** Show the document's text, at a place in it. */
    openText: (line?: number, column?: number) => void;
  }
}

interface IEditorProps extends EstimatorEditor.IOptions {
  model: EstimatorModel;
  launch: LaunchModel;
  catalog: Catalog | null;
  idPrefix: string;
  requestShown: boolean;
  onToggleRequest: () => void;
  onLaunch: () => void;
  onLaunchAgain: () => void;
}

function Editor(props: IEditorProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <Document {...props} />}</UseSignal>;
}

function Document(props: IEditorProps): JSX.Element {
  const { model, trans, context } = props;
  const [target, setTarget] = React.useState<{ problem: Problem } | null>(null);
  const toText = (problem: Problem) =>
    props.openText(problem.line ?? undefined, problem.column ?? undefined);

  if (!model.spec.values) {
    return <SyntaxProblems problems={model.spec.problems} trans={trans} onShow={props.openText} />;
  }
  return (
    <>
      <div className="jp-smext-Editor-form">
        <EstimatorForm
          model={model}
          catalog={props.catalog}
          trans={trans}
          idPrefix={props.idPrefix}
          openS3={props.openS3}
          readOnly={context.contentsModel?.writable === false}
          target={target}
          onTargetMissing={toText}
        />
      </div>
      {props.requestShown && model.valid && (
        <RequestView
          service={props.service}
          spec={model.spec.values}
          document={context.localPath}
          trans={trans}
        />
      )}
      <LaunchBar
        model={model}
        launch={props.launch}
        trans={trans}
        sandbox={props.smext.identity?.sandbox === true}
        requestShown={props.requestShown}
        onToggleRequest={props.onToggleRequest}
        onLaunch={props.onLaunch}
        onLaunchAgain={props.onLaunchAgain}
        onOpenJob={props.openJob}
        onShowProblem={problem => setTarget({ problem })}
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

/** The text of a document context. Edits touch what differs only, so that cursors and undo elsewhere survive. */
class ContextText implements ITextSource {
  constructor(private readonly _context: DocumentRegistry.IContext<DocumentRegistry.ICodeModel>) {
    _context.model.contentChanged.connect(this._onContentChanged, this);
  }

  get text(): string {
    return this._context.model.sharedModel.getSource();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  replace(text: string): void {
    const old = this.text;
    const limit = Math.min(old.length, text.length);
    let start = 0;
    while (start < limit && old[start] === text[start]) {
      start++;
    }
    let end = 0;
    while (end < limit - start && old[old.length - 1 - end] === text[text.length - 1 - end]) {
      end++;
    }
    if (start + end < Math.max(old.length, text.length)) {
      this._context.model.sharedModel.updateSource(
        start,
        old.length - end,
        text.slice(start, text.length - end)
      );
    }
  }

  dispose(): void {
    this._context.model.contentChanged.disconnect(this._onContentChanged, this);
    Signal.clearData(this);
  }

  private _onContentChanged(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
}
