import { Debouncer } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { LintReport, PolicyUse, PolicyValidation } from '../api/types';
import { asText, statementsOf } from './statement';
import { FixModel } from './fixModel';
import type { IamService } from './service';
import type { IRestorable } from './tab';

/** Milliseconds without a key before the text is checked. */
const CHECK_DELAY = 400;

/** The text of a policy and what is wrong with it. */
export class PolicyModel implements IRestorable {
  constructor(
    private readonly _service: IamService,
    state: { text?: string; use?: PolicyUse } = {}
  ) {
    this._text = state.text ?? '';
    this._use = state.use ?? null;
    this.fix = new FixModel(_service);
    this._check = new Debouncer(() => this.check(), CHECK_DELAY);
    if (this._text) {
      void this.check();
    }
  }

  readonly fix: FixModel;

  get text(): string {
    return this._text;
  }

  set text(text: string) {
    if (text !== this._text) {
      this._text = text;
      this._validation = null;
      this.fix.forget();
      this._changed.emit();
      void this._check.invoke().catch(() => undefined);
    }
  }

  /** What the policy is for; null: the server tells from the document. */
  get use(): PolicyUse | null {
    return this._use;
  }

  set use(use: PolicyUse | null) {
    this._use = use;
    this._validation = null;
    void this.check();
  }

  /** The bucket that a repair fills placeholders with; null: it leaves out what has one. */
  get bucket(): string | null {
    return this._bucket;
  }

  set bucket(bucket: string | null) {
    this._bucket = bucket;
    void this.check();
  }

  /** About the text as it was when it was last checked; null as long as it is empty. */
  get report(): LintReport | null {
    return this._report;
  }

  get error(): SmextError | null {
    return this._error;
  }

  /** What Access Analyzer says of the text; null as long as nobody asked it about this text. */
  get validation(): PolicyValidation | null {
    return this._validation;
  }

  get validating(): boolean {
    return this._validating;
  }

  /** The text as a document; null where it is not one. */
  get document(): Record<string, unknown> | null {
    try {
      const document: unknown = JSON.parse(this._text);
      return typeof document === 'object' && document !== null && !Array.isArray(document)
        ? (document as Record<string, unknown>)
        : null;
    } catch {
      return null;
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): Record<string, string | undefined> {
    return { text: this._text, use: this._use ?? undefined };
  }

  /** Check the text at once. */
  async check(): Promise<void> {
    const [text, use, bucket] = [this._text, this._use, this._bucket];
    let report: LintReport | null = null;
    let error: SmextError | null = null;
    if (text.trim()) {
      try {
        report = await this._service.lint(text, use, bucket ? [bucket] : []);
      } catch (reason) {
        error = SmextError.from(reason);
      }
    }
    if (!this._isDisposed && text === this._text && use === this._use && bucket === this._bucket) {
      this._report = report;
      this._error = error;
      this._changed.emit();
    }
  }

  /** Ask Access Analyzer about the text. */
  async validate(): Promise<void> {
    const [text, use] = [this._text, this._use];
    this._validating = true;
    this._error = null;
    this._changed.emit();
    let validation: PolicyValidation | null = null;
    let error: SmextError | null = null;
    try {
      validation = await this._service.validate(text, use ?? useOf(this.document));
    } catch (reason) {
      error = SmextError.from(reason);
    }
    if (this._isDisposed) {
      return;
    }
    this._validating = false;
    if (text === this._text && use === this._use) {
      this._validation = validation;
      this._error = error;
    }
    this._changed.emit();
  }

  /** Put the repaired document in the place of the text. */
  repair(): void {
    if (this._report?.repaired) {
      this.text = asText(this._report.repaired);
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._check.dispose();
    this.fix.dispose();
    Signal.clearData(this);
  }

  private _text: string;
  private _use: PolicyUse | null;
  private _bucket: string | null = null;
  private _report: LintReport | null = null;
  private _validation: PolicyValidation | null = null;
  private _validating = false;
  private _error: SmextError | null = null;
  private _isDisposed = false;
  private readonly _check: Debouncer<void, void, []>;
  private readonly _changed = new Signal<this, void>(this);
}

/** What a document is for, as it looks: AWS checks it accordingly. */
function useOf(document: Record<string, unknown> | null): PolicyUse {
  const statements = statementsOf(document ?? {});
  if (!statements.some(statement => 'Principal' in statement || 'NotPrincipal' in statement)) {
    return 'identity';
  }
  const actions = statements.flatMap(statement => statement.Action ?? []).map(String);
  return actions.length > 0 && actions.every(action => action.startsWith('sts:'))
    ? 'trust'
    : 'resource';
}
