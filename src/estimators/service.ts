import type { JSONSchema7 } from 'json-schema';
import type { ApiClient } from '../api/client';
import type {
  Catalog,
  ChangesResult,
  ExportDialect,
  ExportResult,
  ImportResult,
  InstanceOffers,
  InstanceQuotas,
  LaunchToken,
  LocalLog,
  NotebookScript,
  ParseResult,
  PreflightResult,
  PriceEstimate,
  Task,
  TemplateList,
  TemplateText
} from '../api/types';

/** A spec as plain values, as a YAML text gives it. */
export type SpecValues = Record<string, unknown>;

/** What a spec describes; each kind has members of its own. */
export const SPEC_KINDS = ['TrainingJob', 'HyperParameterTuningJob'] as const;

export type SpecKind = (typeof SPEC_KINDS)[number];

/** Estimator specs and launches over HTTP. Every method throws a SmextError. */
export class EstimatorsService {
  constructor(private readonly _api: ApiClient) {}

  /** JSON Schema of the specs of one kind; read once. */
  schema(kind: SpecKind): Promise<JSONSchema7> {
    const known = this._schemas.get(kind);
    if (known) {
      return known;
    }
    const query = { kind };
    const answer = this._api.call(
      this._api.http.GET('/jupyter-smext/api/estimators/schema', { params: { query } })
    ) as Promise<JSONSchema7>;
    this._schemas.set(kind, answer);
    // A failure is not kept.
    answer.catch(() => this._schemas.delete(kind));
    return answer;
  }

  /** Frameworks, versions and instance types; read once. */
  catalog(): Promise<Catalog> {
    this._catalog ??= this._api.call(this._api.http.GET('/jupyter-smext/api/estimators/catalog'));
    this._catalog.catch(() => (this._catalog = null));
    return this._catalog;
  }

  /** Instance types with their price here, and which of them may be chosen; read once. */
  instanceOffers(): Promise<InstanceOffers> {
    this._offers ??= this._api.call(
      this._api.http.GET('/jupyter-smext/api/estimators/instance-types')
    );
    this._offers.catch(() => (this._offers = null));
    return this._offers;
  }

  /** How many instances of each type the account may train on; read once, unless it could not be read. */
  instanceQuotas(): Promise<InstanceQuotas> {
    this._quotas ??= this._api
      .call(this._api.http.GET('/jupyter-smext/api/estimators/instance-quotas'))
      .then(quotas => {
        this._quotas = quotas.problem ? null : this._quotas;
        return quotas;
      });
    this._quotas.catch(() => (this._quotas = null));
    return this._quotas;
  }

  /** The templates of the team; `refresh` asks git repositories however fresh what is known of them. */
  templates(refresh: boolean): Promise<TemplateList> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/templates', { body: { refresh } })
    );
  }

  template(source: string, path: string): Promise<TemplateText> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/template', { body: { source, path } })
    );
  }

  parse(text: string, signal?: AbortSignal): Promise<ParseResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/parse', { body: { text }, signal })
    );
  }

  /** Cells of a notebook as a script; `origin` says in its first line what they are from. */
  script(cells: readonly string[], origin: string): Promise<NotebookScript> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/script', {
        body: { cells: [...cells], origin }
      })
    );
  }

  /** The CreateTrainingJob request that a launch would send. It has no side effect. */
  async request(spec: SpecValues, document: string): Promise<Record<string, unknown>> {
    const { request } = await this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/request', { body: { spec, document } })
    );
    return request;
  }

  /** What a launch would send differently than an earlier one. It has no side effect. */
  changes(spec: SpecValues, document: string, jobName: string): Promise<ChangesResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/changes', {
        body: { spec, document, training_job_name: jobName }
      })
    );
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

  /** What a document's newest local run has logged since an offset. */
  localLog(document: string, offset: number): Promise<LocalLog> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/local-log', {
        body: { document, offset }
      })
    );
  }

  /** The most that a launch can cost. */
  price(spec: SpecValues, signal?: AbortSignal): Promise<PriceEstimate> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/price', { body: { spec }, signal })
    );
  }

  /** What would make a launch fail. It has no side effect. */
  preflight(spec: SpecValues, document: string): Promise<PreflightResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/preflight', {
        body: { spec, document, sample_log: null }
      })
    );
  }

  /** A spec as Python code. */
  export(spec: SpecValues, document: string, dialect: ExportDialect): Promise<ExportResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/export', {
        body: { spec, document, dialect }
      })
    );
  }

  /** A spec that does what a job did. */
  importJob(trainingJobName: string): Promise<ImportResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/import', {
        body: { training_job_name: trainingJobName, request: null }
      })
    );
  }

  /** The canonical text of a spec. */
  async format(spec: SpecValues): Promise<string> {
    const { text } = await this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/format', { body: { spec, text: null } })
    );
    return text;
  }

  private readonly _schemas = new Map<SpecKind, Promise<JSONSchema7>>();
  private _catalog: Promise<Catalog> | null = null;
  private _offers: Promise<InstanceOffers> | null = null;
  private _quotas: Promise<InstanceQuotas> | null = null;
}
