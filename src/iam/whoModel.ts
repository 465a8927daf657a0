import type { WhoAmI } from '../api/types';
import { LoadedModel } from '../common/loadedModel';
import type { ISmext } from '../tokens';
import type { IamService } from './service';

/** Caller and execution role with their policies, as far as they can be seen. Asked for when somebody looks. */
export class WhoModel extends LoadedModel<WhoAmI> {
  constructor(
    private readonly _service: IamService,
    smext: ISmext
  ) {
    super(smext);
    smext.identityChanged.connect(this._onIdentityChanged, this);
  }

  /** The last answer; null as long as there is none. */
  get who(): WhoAmI | null {
    return this.value;
  }

  protected load(): Promise<WhoAmI> {
    return this._service.whoAmI(this.value !== null);
  }

  /** Somebody else may be at work here now. */
  private _onIdentityChanged(): void {
    if (this.value && this.smext.identity?.caller_arn !== this.value.caller_arn) {
      void this.refresh();
    }
  }
}
