import type { EndpointSummary } from '../api/types';
import { canBeInName } from '../common/nameFilter';
import { type IPage, PagedList } from '../common/pagedList';
import type { EndpointsService } from './service';

/** Statuses at which an endpoint rests; every other one is on its way. */
const RESTING = ['InService', 'OutOfService', 'Failed', 'UpdateRollbackFailed'];

/** Whether an endpoint changes by itself. */
export function isChanging(endpoint: { endpoint_status: string }): boolean {
  return !RESTING.includes(endpoint.endpoint_status);
}

/** The endpoints of the account and region. */
export class EndpointsModel extends PagedList<EndpointSummary> {
  constructor(
    private readonly _service: EndpointsService,
    options: Omit<PagedList.IOptions, 'name'>
  ) {
    super({ ...options, name: 'jupyter-smext:endpoints' });
    options.smext.events.endpoint.connect(this.refreshIfRead, this);
  }

  get nameContains(): string {
    return this._nameContains;
  }

  /** Show other endpoints. */
  set nameContains(text: string) {
    if (text !== this._nameContains) {
      this._nameContains = text;
      this.restart();
    }
  }

  keyOf(endpoint: EndpointSummary): string {
    return endpoint.endpoint_name;
  }

  protected isBusy(endpoint: EndpointSummary): boolean {
    return isChanging(endpoint);
  }

  protected async readPage(nextToken: string | null): Promise<IPage<EndpointSummary>> {
    if (!canBeInName(this._nameContains)) {
      return { rows: [], nextToken: null };
    }
    const page = await this._service.list(this._nameContains, nextToken);
    return { rows: page.endpoints, nextToken: page.next_token };
  }

  protected async readRow(endpoint: EndpointSummary): Promise<EndpointSummary> {
    const { endpoint_status } = await this._service.describe(endpoint.endpoint_name);
    return { ...endpoint, endpoint_status };
  }

  private _nameContains = '';
}
