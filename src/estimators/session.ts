import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { Catalog } from '../api/types';
import type { ISmext, ITasks } from '../tokens';
import { LaunchModel } from './launchModel';
import { EstimatorModel, type ITextSource } from './model';
import { PreflightModel } from './preflightModel';
import { SPEC_KINDS, type EstimatorsService, type SpecKind, type SpecValues } from './service';
import { readSchema } from './specSchema';
import { SpecText } from './specText';

/** The open file that a session is about. */
export interface IDocument {
  readonly source: ITextSource;
  /** Relative to the server's root; it may be renamed. */
  readonly path: string;
  /** Write the text to the file, unless it is what the file says. */
  save(): Promise<void>;
}

/** Everything about one open document: its values, its preflight and its launch. */
export class EstimatorSession implements IDisposable {
  constructor(private readonly _options: EstimatorSession.IOptions) {
    const { document, service, tasks } = _options;
    this.launch = new LaunchModel({ service, tasks, document: () => document.path });
    this.preflight = new PreflightModel(service, () => document.path);
    document.source.changed.connect(this._onTextChanged, this);
    void this.load();
  }

  readonly launch: LaunchModel;
  readonly preflight: PreflightModel;

  /** Emitted when the model comes, goes or is replaced. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null as long as the schema is not there. */
  get model(): EstimatorModel | null {
    return this._model;
  }

  /** Null as long as it is not there; the form works without it. */
  get catalog(): Catalog | null {
    return this._catalog;
  }

  /** Why there is no model. */
  get error(): SmextError | null {
    return this._error;
  }

  get kind(): SpecKind {
    return this._kind;
  }

  get document(): string {
    return this._options.document.path;
  }

  /** Nothing stands in the way of a launch. */
  get canLaunch(): boolean {
    return this._model?.valid === true && !this.launch.busy;
  }

  /** Read the schema of the document's kind. */
  async load(): Promise<void> {
    const { document, service, smext } = this._options;
    this._kind = kindOf(document.source.text) ?? this._kind;
    const kind = this._kind;
    this._error = null;
    this._setModel(null);
    try {
      await smext.ready;
      const schema = readSchema(await service.schema(kind));
      if (this._isDisposed || kind !== this._kind) {
        return;
      }
      this._setModel(new EstimatorModel({ source: document.source, service, schema }));
      void this.launch.refresh();
      this._catalog ??= await service.catalog().catch(() => null);
    } catch (reason) {
      this._error = SmextError.from(reason);
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  /** Look for what would make a launch fail. */
  async check(): Promise<void> {
    const values = this._model?.spec.values;
    if (values) {
      await this._options.document.save();
      await this.preflight.run(values);
    }
  }

  /** Save the document and launch it, unless it was launched before or its preflight holds it back. */
  launchFirst(): Promise<void> {
    this._again = false;
    return this._run(true);
  }

  /** Save the document and launch it once more, unless its preflight holds it back. */
  launchAgain(): Promise<void> {
    this._again = true;
    return this._run(true);
  }

  /** Launch what a preflight held back. */
  launchAnyway(): Promise<void> {
    return this._run(false);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._options.document.source.changed.disconnect(this._onTextChanged, this);
    this._model?.dispose();
    this.launch.dispose();
    this.preflight.dispose();
    Signal.clearData(this);
  }

  private async _run(checkFirst: boolean): Promise<void> {
    const values = this._model?.spec.values;
    if (!values || !this.canLaunch) {
      return;
    }
    const prepare = async () => {
      // What is launched is what the file says.
      await this._options.document.save();
      // What fails here costs nothing, and says itself why.
      return !checkFirst || this._model?.local === true || this.preflight.allows(values);
    };
    await (this._again ? this.launch.again(values, prepare) : this.launch.launch(values, prepare));
  }

  private _onTextChanged(): void {
    this.preflight.clear();
    const kind = kindOf(this._options.document.source.text);
    if (kind && kind !== this._kind) {
      void this.load();
    }
  }

  private _setModel(model: EstimatorModel | null): void {
    this._model?.dispose();
    this._model = model;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _model: EstimatorModel | null = null;
  private _catalog: Catalog | null = null;
  private _error: SmextError | null = null;
  private _kind: SpecKind = 'TrainingJob';
  private _again = false;
  private _isDisposed = false;
}

export namespace EstimatorSession {
  export interface IOptions {
    document: IDocument;
    service: EstimatorsService;
    smext: ISmext;
    tasks: ITasks;
  }
}

/** The kind that a text names; null where it names none that there is. */
function kindOf(text: string): SpecKind | null {
  const named = (new SpecText(text).values as SpecValues | null)?.kind;
  return SPEC_KINDS.find(kind => kind === named) ?? null;
}
