import type { ApiClient } from '../../api/client';
import type { Bookmarks } from '../../api/types';

/** The places that the user keeps, over HTTP. Every method throws a SmextError. */
export class PlacesService {
  constructor(private readonly _api: ApiClient) {}

  read(): Promise<Bookmarks> {
    return this._api.call(this._api.http.POST('/jupyter-smext/api/s3/bookmarks/list'));
  }

  write(bookmarks: Bookmarks): Promise<Bookmarks> {
    return this._api.call(
      this._api.http.PUT('/jupyter-smext/api/s3/bookmarks', { body: bookmarks })
    );
  }
}
