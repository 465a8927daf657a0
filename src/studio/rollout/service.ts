import type { ApiClient } from '../../api/client';
import type {
  RolloutPlan,
  RolloutReport,
  RolloutRequest,
  RolloutStatus,
  Task
} from '../../api/types';

export type RolloutAction = 'install' | 'upgrade' | 'uninstall';

/** Result of the task that did what a plan says. */
export interface IRolloutResult {
  scope_words: string;
  version: string | null;
  /** Whether the settings were read back and are as planned. */
  verified: boolean;
  notes: string[];
}

/** The roll-out by lifecycle configuration over HTTP. Every method throws a SmextError. */
export class RolloutService {
  constructor(private readonly _api: ApiClient) {}

  status(domainId: string): Promise<RolloutStatus> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/lifecycle/status', {
        body: { domain_id: domainId }
      })
    );
  }

  plan(request: RolloutRequest): Promise<RolloutPlan> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/lifecycle/plan', { body: request })
    );
  }

  /** Do what a plan says; the task's result is a `IRolloutResult`. */
  execute(action: RolloutAction, request: RolloutRequest, planId: string): Promise<Task> {
    const path = `/jupyter-smext/api/studio/lifecycle/${action}` as const;
    return this._api.call(
      this._api.http.POST(path, { body: { ...request, action, plan_id: planId } })
    );
  }

  doctor(domainId: string, spaceName: string): Promise<RolloutReport> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/lifecycle/doctor', {
        body: { domain_id: domainId, space_name: spaceName }
      })
    );
  }
}
