import type { DomainSummary, WhereAmI } from '../api/types';
import { LoadedModel } from '../common/loadedModel';
import { type IPage, PagedList } from '../common/pagedList';
import type { ISmext } from '../tokens';
import type { StudioService } from './service';
import { isChanging } from './status';

/** Where this server runs. */
export class WhereModel extends LoadedModel<WhereAmI> {
  constructor(
    private readonly _service: StudioService,
    smext: ISmext
  ) {
    super(smext);
  }

  protected load(): Promise<WhereAmI> {
    return this._service.where();
  }
}

/** The domains of the account and region. */
export class DomainsModel extends PagedList<DomainSummary> {
  constructor(
    private readonly _service: StudioService,
    options: Omit<PagedList.IOptions, 'name'>
  ) {
    super({ ...options, name: 'jupyter-smext:studio' });
    options.smext.events.studio.connect((_, event) => {
      if (event.kind === 'domain') {
        this.refreshIfRead();
      }
    });
  }

  keyOf(domain: DomainSummary): string {
    return domain.domain_id;
  }

  protected isBusy(domain: DomainSummary): boolean {
    return isChanging(domain);
  }

  protected async readPage(nextToken: string | null): Promise<IPage<DomainSummary>> {
    const page = await this._service.listDomains(nextToken);
    return { rows: page.domains, nextToken: page.next_token };
  }

  protected async readRow(domain: DomainSummary): Promise<DomainSummary> {
    const { status } = await this._service.describeDomain(domain.domain_id);
    return { ...domain, status };
  }
}
