import type { JSONSchema7 } from 'json-schema';
import type { ApiClient } from '../api/client';
import type { Catalog, LaunchToken, ParseResult, Task } from '../api/types';

/** A spec as plain values, as a YAML text gives it. */
export type SpecValues = Record<string, unknown>;

/** Estimator specs and launches over HTTP. Every method throws a SmextError. */
export class EstimatorsService {
  constructor(private readonly _api: ApiClient) {}

  /** JSON Schema of the spec; read once. */
  schema(): Promise<JSONSchema7> {
    this._schema ??= this._once(
      this._api.call(this._api.http.GET('/jupyter-smext/api/estimators/schema')),
      () => (this._schema = null)
    );
    return this._schema as Promise<JSONSchema7>;
  }

  /** Frameworks, versions and instance types; read once. */
  catalog(): Promise<Catalog> {
    this._catalog ??= this._once(
      this._api.call(this._api.http.GET('/jupyter-smext/api/estimators/catalog')),
      () => (this._catalog = null)
    );
    return this._catalog;
  }

  parse(text: string, signal?: AbortSignal): Promise<ParseResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/parse', { body: { text }, signal })
    );
  }

  /** The CreateTrainingJob request that a launch would send. It has no side effect. */
  async request(spec: SpecValues, document: string): Promise<Record<string, unknown>> {
    const { request } = await this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/request', { body: { spec, document } })
    );
    return request;
  }

  /** The document's launch token, spent or not; `replace` asks for a fresh one in place of that spent one. */
  launchToken(document: string, replace: string | null): Promise<LaunchToken> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/launch-token', {
        body: { document, replace }
      })
    );
  }

  /** Launch once: the same token, however often it is sent, gives one job. */
  launch(spec: SpecValues, document: string, token: string): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/launches', {
        body: { spec, document, token }
      })
    );
  }

  /** Keep an answer, but not a failure. */
  private _once<T>(answer: Promise<T>, forget: () => void): Promise<T> {
    answer.catch(forget);
    return answer;
  }

  private _schema: Promise<unknown> | null = null;
  private _catalog: Promise<Catalog> | null = null;
}
