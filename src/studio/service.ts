import type { ApiClient } from '../api/client';
import type {
  CreateSpaceRequest,
  CreateUserProfileRequest,
  Domain,
  DomainPage,
  DomainSetupPlan,
  DomainSetupRequest,
  ImageList,
  Space,
  SpaceDeletePlan,
  SpacePage,
  SpacePlan,
  StorageReport,
  StudioApp,
  StudioAppPage,
  StudioUrl,
  Task,
  UpdateSpaceRequest,
  UserProfile,
  UserProfilePage,
  WhereAmI
} from '../api/types';

/** Which space. */
export interface ISpaceName {
  domain_id: string;
  space_name: string;
}

/** Studio over HTTP: domains, user profiles, spaces, apps, images, storage. Every method throws a SmextError. */
export class StudioService {
  constructor(private readonly _api: ApiClient) {}

  where(): Promise<WhereAmI> {
    return this._api.call(this._api.http.GET('/jupyter-smext/api/studio/where'));
  }

  listDomains(nextToken: string | null): Promise<DomainPage> {
    return this._api.call(
      this._api.poll.GET('/jupyter-smext/api/studio/domains', {
        params: { query: { next_token: nextToken ?? undefined } }
      })
    );
  }

  describeDomain(domainId: string): Promise<Domain> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/studio/domains/describe', {
        body: { domain_id: domainId }
      })
    );
  }

  planSetup(request: DomainSetupRequest): Promise<DomainSetupPlan> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/domains/plan', { body: request })
    );
  }

  /** Make a domain and a user profile; the task's result is `{ domain_id, user_profile_name }`. */
  setUp(request: DomainSetupRequest): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/domains', { body: request })
    );
  }

  listProfiles(domainId: string, nextToken: string | null): Promise<UserProfilePage> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/studio/profiles/list', {
        body: { domain_id: domainId, next_token: nextToken, max_results: 50, name_contains: null }
      })
    );
  }

  describeProfile(domainId: string, name: string): Promise<UserProfile> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/profiles/describe', {
        body: { domain_id: domainId, user_profile_name: name }
      })
    );
  }

  createProfile(request: CreateUserProfileRequest): Promise<UserProfile> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/profiles', { body: request })
    );
  }

  listSpaces(domainId: string, nextToken: string | null): Promise<SpacePage> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/studio/spaces/list', {
        body: { domain_id: domainId, next_token: nextToken, max_results: 50, name_contains: null }
      })
    );
  }

  describeSpace(place: ISpaceName): Promise<Space> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/studio/spaces/describe', { body: place })
    );
  }

  planSpace(request: CreateSpaceRequest): Promise<SpacePlan> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/spaces/plan', { body: request })
    );
  }

  createSpace(request: CreateSpaceRequest): Promise<Space> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/spaces', { body: request })
    );
  }

  updateSpace(request: UpdateSpaceRequest): Promise<Space> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/spaces/update', { body: request })
    );
  }

  /** Start the app of a space: billed by the hour until it stops. */
  startSpace(place: ISpaceName): Promise<StudioApp> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/spaces/start', {
        body: { ...place, instance_type: null, recovery_mode: false }
      })
    );
  }

  stopSpace(place: ISpaceName): Promise<StudioApp> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/spaces/stop', { body: place })
    );
  }

  /** A secret URL: whoever has it is logged in. */
  openSpace(place: ISpaceName): Promise<StudioUrl> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/spaces/open', {
        body: { ...place, user_profile_name: null }
      })
    );
  }

  planDelete(place: ISpaceName): Promise<SpaceDeletePlan> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/spaces/delete-plan', { body: place })
    );
  }

  /** Stop a space and delete it with its volume; `confirm` is its name as the user typed it. */
  deleteSpace(place: ISpaceName, confirm: string): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/spaces/delete', {
        body: { ...place, confirm }
      })
    );
  }

  /** Apps with their price and, of those that run, since when nobody uses them. */
  listApps(domainId: string, nextToken: string | null): Promise<StudioAppPage> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/studio/apps/list', {
        body: {
          domain_id: domainId,
          next_token: nextToken,
          max_results: 50,
          space_name: null,
          user_profile_name: null,
          with_activity: true
        }
      })
    );
  }

  /** The apps of all domains that were not deleted. */
  existingApps(): Promise<StudioAppPage> {
    return this._api.call(this._api.poll.POST('/jupyter-smext/api/studio/apps/existing'));
  }

  images(): Promise<ImageList> {
    return this._api.call(this._api.http.GET('/jupyter-smext/api/studio/images'));
  }

  storage(domainId: string): Promise<StorageReport> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/studio/storage', { body: { domain_id: domainId } })
    );
  }
}
