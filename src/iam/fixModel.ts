import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { AdminPacket, ApplyPlan, ApplyResult, PacketRequest } from '../api/types';
import type { IamService, NewPolicy } from './service';

/** A policy on its way to a role: planned, confirmed, applied, taken back; or as a packet to somebody who may do it. */
export class FixModel {
  constructor(private readonly _service: IamService) {}

  /** Why it cannot be applied from here; null as long as nothing speaks against it. */
  get refused(): ApplyPlan | null {
    return this._refused;
  }

  /** What was last done to the role. */
  get result(): ApplyResult | null {
    return this._result;
  }

  get packet(): AdminPacket | null {
    return this._packet;
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

  /**
   * Write a document into a role, or attach a managed policy to it.
   *
   * `confirm` shows the plan and answers the typed name of the role, or null.
   */
  apply(
    roleArn: string,
    policy: NewPolicy,
    confirm: (plan: ApplyPlan) => Promise<string | null>
  ): Promise<void> {
    return this._run(async () => {
      this._refused = null;
      const plan = await this._service.planApply(roleArn, policy);
      if (plan.refused) {
        this._refused = plan;
        return;
      }
      const typed = await confirm(plan);
      if (typed !== null) {
        this._result = await this._service.apply(plan, typed);
      }
    });
  }

  undo(): Promise<void> {
    return this._run(async () => {
      if (this._result?.undo_token) {
        this._result = await this._service.undo(this._result.undo_token);
      }
    });
  }

  /** Make the packet for an administrator. */
  pack(request: PacketRequest): Promise<void> {
    return this._run(async () => {
      this._packet = await this._service.packet(request);
    });
  }

  /** Another policy: what was said about the one before no longer holds. What was applied can still be taken back. */
  forget(): void {
    this._refused = null;
    this._packet = null;
    this._error = null;
    this._changed.emit();
  }

  dispose(): void {
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

  private _refused: ApplyPlan | null = null;
  private _result: ApplyResult | null = null;
  private _packet: AdminPacket | null = null;
  private _error: SmextError | null = null;
  private _busy = false;
  private readonly _changed = new Signal<this, void>(this);
}
