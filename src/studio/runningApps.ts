import type { StudioApp } from '../api/types';
import { type IPage, PagedList } from '../common/pagedList';
import { appKey } from './domainModel';
import type { StudioService } from './service';
import { isChanging } from './status';

/** What runs in Studio, in all domains: the apps that were not deleted. */
export class RunningAppsModel extends PagedList<StudioApp> {
  constructor(
    private readonly _service: StudioService,
    options: Omit<PagedList.IOptions, 'name'>
  ) {
    super({ ...options, name: 'jupyter-smext:running-apps' });
    options.smext.events.studio.connect((_, { kind }) => {
      if (kind === 'app') {
        this.refreshIfRead();
      }
    });
  }

  /** How many spaces run; null where there are more apps than were looked at. */
  countOf(apps: readonly StudioApp[]): number | null {
    return this._complete
      ? apps.filter(app => app.space_name && app.status === 'InService').length
      : null;
  }

  keyOf(app: StudioApp): string {
    return `${app.domain_id}/${appKey(app)}`;
  }

  protected isBusy(app: StudioApp): boolean {
    return isChanging(app);
  }

  protected async readPage(): Promise<IPage<StudioApp>> {
    const page = await this._service.existingApps();
    this._complete = !page.next_token;
    const there = new Set(page.apps.map(app => this.keyOf(app)));
    // One that was on its way and is gone has come to its end.
    const gone = this.rows
      .filter(app => this.isBusy(app) && !there.has(this.keyOf(app)))
      .map(app => ({ ...app, status: 'Deleted' }));
    return { rows: [...page.apps, ...gone], nextToken: null };
  }

  protected async readRow(app: StudioApp): Promise<StudioApp> {
    return app;
  }

  private _complete = false;
}
