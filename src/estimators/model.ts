import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { Origin, PriceEstimate, Problem } from '../api/types';
import type { EstimatorsService } from './service';
import { fieldAt, keyOrder, type IField } from './specSchema';
import { pathText, SpecText, type KeyOrder, type Path } from './specText';
import { channelName } from './template';

/** Where a training job names its channels. */
const CHANNELS = ['spec', 'input_data_config'];

/** The text of the document, which others edit too. */
export interface ITextSource {
  readonly text: string;
  readonly changed: ISignal<unknown, void>;
  /** Replace the text; `changed` may or may not be emitted for it. */
  replace(text: string): void;
}

/** One spec as form and text edit it, and what the server finds wrong with it. */
export class EstimatorModel implements IDisposable {
  constructor(options: EstimatorModel.IOptions) {
    this.schema = options.schema;
    this._service = options.service;
    this._source = options.source;
    this._order = keyOrder(options.schema);
    this._spec = new SpecText(options.source.text);
    this._check = new Debouncer(() => this._askServer(), options.checkDelay ?? 300);
    this._source.changed.connect(this._onTextChanged, this);
    void this._check.invoke();
  }

  readonly schema: IField;

  /** Emitted when values, problems or the state of the check change. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get spec(): SpecText {
    return this._spec;
  }

  /** What the server found in the text that it saw last. */
  get problems(): readonly Problem[] {
    return this._problems;
  }

  /** Why the server could not be asked; null where it answered. */
  get error(): SmextError | null {
    return this._error;
  }

  /** True where the server has seen this very text and found nothing wrong. */
  get valid(): boolean {
    return this._checkedText === this._spec.text && this._problems.length === 0;
  }

  get checking(): boolean {
    return this._checkedText !== this._spec.text && this._error === null;
  }

  /** The most that a launch of this very text can cost; null as long as it is not known. */
  get price(): PriceEstimate | null {
    return this.valid ? this._price : null;
  }

  problemsAt(path: Path): Problem[] {
    const text = pathText(path);
    return this._problems.filter(problem => problem.path === text);
  }

  /** Where the value of a member comes from that the spec leaves open; null: the spec says it, or nobody does. */
  originAt(path: Path): Origin | null {
    return this._origins[pathText(path)] ?? null;
  }

  /** The names of a map that others fill in, each with where its value comes from. */
  originsBelow(path: Path): [string, Origin][] {
    const prefix = `${pathText(path)}.`;
    return Object.entries(this._origins)
      .filter(([place]) => place.startsWith(prefix))
      .map(([place, origin]) => [place.slice(prefix.length), origin]);
  }

  /** The spec is meant for the server's machine, not for AWS. */
  get local(): boolean {
    const type = this._spec.get(['spec', 'compute', 'instance_type']);
    return typeof type === 'string' && type.startsWith('local');
  }

  /** Set a value; undefined removes it. */
  set(path: Path, value: unknown): void {
    if (value === undefined) {
      this.remove(path);
    } else {
      this._apply(this._spec.set(path, value, this._order));
    }
  }

  /** Remove a value, and what is empty without it. */
  remove(path: Path): void {
    this._apply(this._spec.remove(path, parent => !fieldAt(this.schema, parent)?.required));
  }

  /** Add a channel that reads what is in S3 under `uri`. */
  addChannel(uri: string): void {
    const channels = this._spec.get(CHANNELS);
    const taken = Array.isArray(channels) ? channels.map(each => each?.channel_name) : [];
    this.set([...CHANNELS, taken.length], { channel_name: channelName(taken), s3_uri: uri });
  }

  /** Give the key at `path` another name. */
  rename(path: Path, key: string): void {
    this._apply(this._spec.rename(path, key));
  }

  /** Ask the server now. */
  check(): Promise<void> {
    this._error = null;
    this._checkedText = null;
    return this._check.invoke();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._aborter?.abort();
    this._check.dispose();
    Signal.clearData(this);
  }

  private _apply(text: string): void {
    this._spec = new SpecText(text);
    this._source.replace(text);
    this._afterEdit();
  }

  private _onTextChanged(): void {
    // The echo of an edit of our own says nothing new.
    if (this._source.text !== this._spec.text) {
      this._spec = new SpecText(this._source.text);
      this._afterEdit();
    }
  }

  private _afterEdit(): void {
    this._changed.emit();
    void this._check.invoke();
  }

  private async _askServer(): Promise<void> {
    this._aborter?.abort();
    const aborter = (this._aborter = new AbortController());
    const text = this._spec.text;
    try {
      const result = await this._service.parse(text, aborter.signal);
      this._problems = result.problems;
      this._origins = result.origins ?? {};
      this._checkedText = text;
      this._price = null;
      this._error = null;
      if (result.spec && result.problems.length === 0) {
        this._changed.emit();
        // A price that cannot be had keeps nobody from launching.
        this._price = await this._service.price(result.spec, aborter.signal).catch(() => null);
      }
    } catch (reason) {
      if (aborter.signal.aborted) {
        return;
      }
      this._error = SmextError.from(reason);
    }
    if (!this._isDisposed && !aborter.signal.aborted) {
      this._changed.emit();
    }
  }

  private readonly _service: EstimatorsService;
  private readonly _source: ITextSource;
  private readonly _order: KeyOrder;
  private readonly _check: Debouncer<void>;
  private readonly _changed = new Signal<this, void>(this);
  private _spec: SpecText;
  private _problems: readonly Problem[] = [];
  private _origins: Readonly<Record<string, Origin>> = {};
  private _price: PriceEstimate | null = null;
  private _checkedText: string | null = null;
  private _error: SmextError | null = null;
  private _aborter: AbortController | null = null;
  private _isDisposed = false;
}

export namespace EstimatorModel {
  export interface IOptions {
    source: ITextSource;
    service: EstimatorsService;
    schema: IField;
    /** Milliseconds without an edit before the server is asked. */
    checkDelay?: number;
  }
}
