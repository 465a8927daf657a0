import type { ApiClient } from '../api/client';
import type {
  DeletePlan,
  DeployRequest,
  Endpoint,
  EndpointPage,
  HostingPrice,
  InvokeRequest,
  InvokeResult
} from '../api/types';

/** Endpoints over HTTP. Every method throws a SmextError. */
export class EndpointsService {
  constructor(private readonly _api: ApiClient) {}

  list(
    nameContains: string,
    nextToken: string | null,
    signal?: AbortSignal
  ): Promise<EndpointPage> {
    return this._api.call(
      this._api.poll.GET('/jupyter-smext/api/endpoints', {
        params: {
          query: {
            name_contains: nameContains || undefined,
            next_token: nextToken ?? undefined
          }
        },
        signal
      })
    );
  }

  describe(name: string): Promise<Endpoint> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/endpoints/describe', {
        body: { endpoint_name: name }
      })
    );
  }

  /** What one instance costs by the hour. */
  price(instanceType: string): Promise<HostingPrice> {
    return this._api.call(
      this._api.http.GET('/jupyter-smext/api/endpoints/price', {
        params: { query: { instance_type: instanceType } }
      })
    );
  }

  deploy(request: DeployRequest): Promise<Endpoint> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/endpoints/deploy', { body: request })
    );
  }

  invoke(request: InvokeRequest): Promise<InvokeResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/endpoints/invoke', { body: request })
    );
  }

  deletePlan(name: string): Promise<DeletePlan> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/endpoints/delete-plan', {
        body: { endpoint_name: name }
      })
    );
  }

  /** Delete an endpoint with everything of its plan; `confirm` is its name as the user typed it. */
  delete(name: string, confirm: string): Promise<DeletePlan> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/endpoints/delete', {
        body: { endpoint_name: name, confirm, with_model: true }
      })
    );
  }
}
