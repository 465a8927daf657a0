import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type {
  Domain,
  ErrorEnvelope,
  SpaceSummary,
  StudioApp,
  UserProfileSummary
} from '../api/types';
import type { INamedModel } from '../common/modelTabs';
import { type IPage, PagedList } from '../common/pagedList';
import type { ISmext, ISmextEvents, IStudioEvent } from '../tokens';
import type { StudioService } from './service';
import { isChanging } from './status';

/** Milliseconds between two looks at a domain that changes, and at one that rests. */
const BUSY_INTERVAL = 5_000;
const QUIET_INTERVAL = 60_000;

export type DomainPart =
  'spaces' | 'profiles' | 'apps' | 'storage' | 'images' | 'settings' | 'rollout';

/** What is filled in beside the list of spaces: nothing, a new space, or a change of this one. */
export type SpaceForm = { kind: 'create' } | { kind: 'change'; space_name: string } | null;

type ListOptions = Omit<PagedList.IOptions, 'name'>;

/** The spaces of a domain, with what runs in them. */
export class SpacesModel extends PagedList<SpaceSummary> {
  constructor(
    private readonly _service: StudioService,
    private readonly _domainId: string,
    options: ListOptions
  ) {
    super({ ...options, name: `jupyter-smext:spaces:${_domainId}` });
  }

  /** Why nobody knows which spaces run; null where it is known. */
  get appsUnknown(): ErrorEnvelope | null {
    return this._appsUnknown;
  }

  keyOf(space: SpaceSummary): string {
    return space.space_name;
  }

  protected isBusy(space: SpaceSummary): boolean {
    return isChanging(space) || (space.app ? isChanging(space.app) : false);
  }

  protected async readPage(nextToken: string | null): Promise<IPage<SpaceSummary>> {
    const page = await this._service.listSpaces(this._domainId, nextToken);
    this._appsUnknown = page.apps_unknown ?? null;
    return { rows: page.spaces, nextToken: page.next_token };
  }

  protected readRow({ domain_id, space_name }: SpaceSummary): Promise<SpaceSummary> {
    return this._service.describeSpace({ domain_id, space_name });
  }

  private _appsUnknown: ErrorEnvelope | null = null;
}

/** The user profiles of a domain. */
export class ProfilesModel extends PagedList<UserProfileSummary> {
  constructor(
    private readonly _service: StudioService,
    private readonly _domainId: string,
    options: ListOptions
  ) {
    super({ ...options, name: `jupyter-smext:profiles:${_domainId}` });
  }

  keyOf(profile: UserProfileSummary): string {
    return profile.user_profile_name;
  }

  protected isBusy(profile: UserProfileSummary): boolean {
    return isChanging(profile);
  }

  protected async readPage(nextToken: string | null): Promise<IPage<UserProfileSummary>> {
    const page = await this._service.listProfiles(this._domainId, nextToken);
    return { rows: page.user_profiles, nextToken: page.next_token };
  }

  protected readRow(profile: UserProfileSummary): Promise<UserProfileSummary> {
    return this._service.describeProfile(profile.domain_id, profile.user_profile_name);
  }
}

/** The apps of a domain: what costs money by the hour. Those that are gone are left out. */
export class AppsModel extends PagedList<StudioApp> {
  constructor(
    private readonly _service: StudioService,
    private readonly _domainId: string,
    options: ListOptions
  ) {
    super({ ...options, name: `jupyter-smext:apps:${_domainId}` });
  }

  keyOf(app: StudioApp): string {
    return appKey(app);
  }

  protected isBusy(app: StudioApp): boolean {
    return isChanging(app);
  }

  protected async readPage(nextToken: string | null): Promise<IPage<StudioApp>> {
    const page = await this._service.listApps(this._domainId, nextToken);
    return { rows: page.apps.filter(app => app.status !== 'Deleted'), nextToken: page.next_token };
  }

  protected async readRow(app: StudioApp): Promise<StudioApp> {
    return app;
  }
}

/** What names an app in its domain. */
export function appKey(app: StudioApp): string {
  return [app.space_name ?? app.user_profile_name, app.app_type, app.app_name].join('/');
}

/** One domain, and what is looked at of it. */
export class DomainModel implements INamedModel {
  constructor(
    service: StudioService,
    private readonly _smext: ISmext,
    /** Its id. */
    readonly name: string
  ) {
    this._service = service;
    const watched = (part: DomainPart): ListOptions => ({
      smext: _smext,
      isWatched: () => this._active && this._part === part
    });
    this.spaces = new SpacesModel(service, name, watched('spaces'));
    this.profiles = new ProfilesModel(service, name, {
      smext: _smext,
      // A new space belongs to one of them.
      isWatched: () => this._active && (this._part === 'profiles' || this._form !== null)
    });
    this.apps = new AppsModel(service, name, watched('apps'));
    this._poll = new Poll({
      auto: false,
      name: `jupyter-smext:domain:${name}`,
      factory: () => this._look(),
      frequency: { interval: BUSY_INTERVAL, backoff: true, max: 5 * 60_000 },
      standby: () => !this._active || document.hidden
    });
    _smext.events.studio.connect(this._onEvent, this);
    _smext.problemChanged.connect(this._emitChanged, this);
  }

  readonly spaces: SpacesModel;
  readonly profiles: ProfilesModel;
  readonly apps: AppsModel;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null until AWS answered. */
  get domain(): Domain | null {
    return this._domain;
  }

  get error(): SmextError | null {
    return this._error ?? this._smext.problem;
  }

  /** Which part of the domain is shown. */
  get part(): DomainPart {
    return this._part;
  }

  set part(part: DomainPart) {
    this._part = part;
    this._changed.emit();
    this._wake();
  }

  /** The form that is open. */
  get form(): SpaceForm {
    return this._form;
  }

  set form(form: SpaceForm) {
    this._form = form;
    if (form) {
      this.part = 'spaces';
    } else {
      this._changed.emit();
    }
  }

  /** The space that is selected in the list; null where there is none. */
  get selected(): string | null {
    return this._selected;
  }

  set selected(space: string | null) {
    this._selected = space;
    this._changed.emit();
  }

  /** Look at the domain, or stop looking. */
  set active(active: boolean) {
    if (this._active === active) {
      return;
    }
    this._active = active;
    if (active) {
      void this._smext.ready.then(async () => {
        await this._poll.start();
        await this._poll.refresh();
      });
      this._wake();
    }
  }

  /** Look now. It does not throw: `error` says what went wrong. */
  async refresh(): Promise<void> {
    this._wake();
    await this._look().catch(() => undefined);
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    [this.spaces, this.profiles, this.apps].forEach(list => list.dispose());
    Signal.clearData(this);
  }

  private async _look(): Promise<void> {
    try {
      this._domain = await this._service.describeDomain(this.name);
      this._error = null;
      const interval = isChanging(this._domain) ? BUSY_INTERVAL : QUIET_INTERVAL;
      this._poll.frequency = { ...this._poll.frequency, interval };
    } catch (reason) {
      this._error = SmextError.from(reason);
      throw reason;
    } finally {
      this._changed.emit();
    }
  }

  private _wake(): void {
    if (this._part === 'spaces' || this._part === 'profiles' || this._part === 'apps') {
      this[this._part].wake();
    }
  }

  private _onEvent(_: ISmextEvents, { name }: IStudioEvent): void {
    if (this._active && name.split('/')[0] === this.name) {
      void this.refresh();
    }
  }

  private _emitChanged(): void {
    this._changed.emit();
  }

  private readonly _service: StudioService;
  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private _domain: Domain | null = null;
  private _error: SmextError | null = null;
  private _part: DomainPart = 'spaces';
  private _form: SpaceForm = null;
  private _selected: string | null = null;
  private _active = false;
}
