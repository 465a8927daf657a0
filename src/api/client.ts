import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema';
import type { ErrorEnvelope } from './types';

/** A failed call: `envelope` says what happened, to whom, and what to do. */
export class SmextError extends Error {
  constructor(
    readonly envelope: ErrorEnvelope,
    readonly status: number
  ) {
    super(envelope.message);
    this.name = 'SmextError';
  }

  /** Whatever was thrown, as a SmextError. */
  static from(reason: unknown): SmextError {
    if (reason instanceof SmextError) {
      return reason;
    }
    const message = reason instanceof Error ? reason.message : String(reason);
    return new SmextError({ code: 'Internal', message, retryable: false }, 0);
  }
}

/** The one way to the server part: `api.call(api.http.GET('/…', …))` answers data or throws a SmextError. */
export class ApiClient {
  readonly serverSettings: ServerConnection.ISettings;
  readonly http: Client<paths>;
  /** The same for calls that no person asked for: they do not count as activity, so that an idle server may stop. */
  readonly poll: Client<paths>;

  constructor(serverSettings: ServerConnection.ISettings) {
    this.serverSettings = serverSettings;
    const baseUrl = serverSettings.baseUrl.replace(/\/$/, '');
    this.http = createClient<paths>({ baseUrl, fetch: request => this._fetch(request) });
    this.poll = createClient<paths>({
      baseUrl,
      fetch: request => this._fetch(new Request(withoutActivity(request.url), request))
    });
  }

  /** The absolute URL of one of our paths, for forms and links. */
  url(path: string): string {
    return URLExt.join(this.serverSettings.baseUrl, 'jupyter-smext/api', path);
  }

  /** Unwrap the answer of `http`: the data, or a SmextError. */
  async call<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    const { data, error, response } = await answer;
    if (error !== undefined || !response.ok) {
      throw new SmextError(asEnvelope(error, response), response.status);
    }
    return data as T;
  }

  /**
   * PUT a file as the body of a request. The browser streams it from disk.
   *
   * Throws a SmextError, or the AbortError of `signal`.
   */
  async put<T>(
    path: string,
    query: Record<string, string>,
    body: Blob,
    signal: AbortSignal
  ): Promise<T> {
    const url = this.url(path) + URLExt.objectToQueryString(query);
    const headers = { 'Content-Type': 'application/octet-stream' };
    const response = await this._request(url, { method: 'PUT', headers, body, signal });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      throw new SmextError(asEnvelope(answer, response), response.status);
    }
    return answer as T;
  }

  private async _fetch(request: Request): Promise<Response> {
    const { method, signal, url } = request;
    const text = method === 'GET' || method === 'HEAD' ? null : await request.text();
    const headers: Record<string, string> = {};
    request.headers.forEach((value, name) => (headers[name] = value));
    return this._request(url, { method, headers, signal, ...(text ? { body: text } : {}) });
  }

  private async _request(url: string, init: RequestInit): Promise<Response> {
    try {
      // ServerConnection adds the token and the XSRF header.
      return await ServerConnection.makeRequest(url, init, this.serverSettings);
    } catch {
      if (init.signal?.aborted) {
        throw new DOMException('The request was given up.', 'AbortError');
      }
      throw new SmextError(
        {
          code: 'Network',
          message: 'The Jupyter server does not answer.',
          hint: 'It may have been stopped or restarted, or the network is down.',
          retryable: true
        },
        0
      );
    }
  }
}

function withoutActivity(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}no_track_activity=1`;
}

function asEnvelope(error: unknown, response: Response): ErrorEnvelope {
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    return error as ErrorEnvelope;
  }
  if (response.status === 404) {
    return {
      code: 'ServerPartMissing',
      message: 'The Jupyter server has no jupyter_smext server extension.',
      hint:
        'Install it with `pip install jupyter-smext` in the environment of the Jupyter server and restart the server. ' +
        'Where it is installed, `jupyter server extension enable jupyter_smext` switches it on.',
      retryable: true
    };
  }
  const words = `${response.status} ${response.statusText}`.trim();
  if ([502, 503, 504].includes(response.status)) {
    return {
      code: 'Network',
      message: `The Jupyter server cannot be reached: a proxy before it answers ${words}.`,
      hint: 'The server may be starting, or may have been stopped.',
      retryable: true
    };
  }
  if (response.status === 401 || response.status === 403) {
    return {
      code: 'Internal',
      message: `The Jupyter server refuses the request: ${words}.`,
      hint: 'Reload this page, and sign in again if you are asked to.',
      retryable: false
    };
  }
  return { code: 'Internal', message: words, retryable: false };
}
