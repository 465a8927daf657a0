import type { AdminPolicyState } from '../api/types';
import { LoadedModel } from '../common/loadedModel';
import type { IAdminPolicy } from '../tokens';

/** What the administrator has set for everybody. */
export class AdminPolicy extends LoadedModel<AdminPolicyState> implements IAdminPolicy {
  protected load(): Promise<AdminPolicyState> {
    const { api } = this.smext;
    return api.call(api.http.GET('/jupyter-smext/api/admin-policy'));
  }
}
