import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { CheckReport, Explanation, GeneratedPolicy, PacketRequest } from '../api/types';
import { FixModel } from './fixModel';
import type { IamService, PolicyDocument } from './service';
import { allowOne, bucketOf } from './statement';

/** How much a new statement allows: what was refused, or what people mostly need of a bucket. */
export type Scope = 'refused' | 'read' | 'read_write';

/** What can be done about one refusal. */
export class RemedyModel {
  constructor(
    private readonly _service: IamService,
    readonly explanation: Explanation,
    /** Who was refused; null is the caller. */
    private readonly _principal: string | null
  ) {
    this.fix = new FixModel(_service);
  }

  readonly fix: FixModel;

  /** The bucket that the refusal is about; null where it is about anything else. */
  get bucket(): string | null {
    return bucketOf(this.explanation.resource);
  }

  /** A statement can be written, and could help. */
  get canGenerate(): boolean {
    const { action, allow_can_help } = this.explanation;
    return Boolean(action) && allow_can_help !== false;
  }

  /** The policy that allows what is missing; null as long as nobody asked for it. */
  get document(): PolicyDocument | null {
    return this._document;
  }

  /** What is known about the generated policy of a bucket. */
  get generated(): GeneratedPolicy | null {
    return this._generated;
  }

  /** Whether it is allowed now; null as long as nobody asked. */
  get report(): CheckReport | null {
    return this._report;
  }

  get error(): SmextError | null {
    return this._error;
  }

  get busy(): boolean {
    return this._busy;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Write the policy that allows what was refused, or more of the same bucket. */
  generate(scope: Scope): Promise<void> {
    return this._run(async () => {
      const { action, resource } = this.explanation;
      this.fix.forget();
      this._generated =
        scope === 'refused' || !this.bucket
          ? null
          : await this._service.generate({ kind: 'bucket', bucket: this.bucket, access: scope });
      this._document = this._generated?.document ?? allowOne(action!, resource ?? '*');
    });
  }

  /** Look whether it is allowed by now; `probes`: also by harmless calls. */
  check(probes = false): Promise<void> {
    return this._run(async () => {
      const { action, resource } = this.explanation;
      this._report = await this._service.check({
        action: action!,
        resource: resource ?? '*',
        principal: this._principal,
        probes,
        refresh: true
      });
    });
  }

  /** What an administrator is told. */
  packetFor(roleArn: string | null): PacketRequest {
    const { check } = this._report ?? {};
    return {
      role_arn: roleArn,
      explanation: this.explanation,
      requirements: check ? [check.requirement] : [],
      evidence: check?.evidence ?? []
    };
  }

  dispose(): void {
    this.fix.dispose();
    Signal.clearData(this);
  }

  private async _run(step: () => Promise<void>): Promise<void> {
    this._busy = true;
    this._error = null;
    this._changed.emit();
    try {
      await step();
    } catch (reason) {
      this._error = SmextError.from(reason);
    }
    this._busy = false;
    this._changed.emit();
  }

  private _document: PolicyDocument | null = null;
  private _generated: GeneratedPolicy | null = null;
  private _report: CheckReport | null = null;
  private _error: SmextError | null = null;
  private _busy = false;
  private readonly _changed = new Signal<this, void>(this);
}
