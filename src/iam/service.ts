import type { ApiClient } from '../api/client';
import type {
  AdminPacket,
  ApplyPlan,
  ApplyResult,
  CheckReport,
  CheckRequest,
  Explanation,
  GeneratedPolicy,
  GenerateRequest,
  LintReport,
  PacketRequest,
  ParseResult,
  PolicyUse,
  PolicyValidation,
  PreflightReport,
  PreflightRequest,
  WhatIfRequest,
  WhatIfResult,
  WhoAmI
} from '../api/types';
import type { IRefusal } from '../common/whyButton';

/** A policy document, as JSON. */
export type PolicyDocument = Record<string, unknown>;

/** What is brought to a role: a document of our own, or a managed policy by its ARN. */
export type NewPolicy = { document: PolicyDocument } | { policyArn: string };

/** Permissions over HTTP. Every method throws a SmextError. Only `apply` and `undo` change anything. */
export class IamService {
  constructor(private readonly _api: ApiClient) {}

  whoAmI(refresh: boolean): Promise<WhoAmI> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/whoami', { body: { refresh } })
    );
  }

  /** What an error text means; works without any access to AWS. */
  explain(refusal: IRefusal): Promise<Explanation> {
    const { text, operation, action, resource } = refusal;
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/explain', {
        body: { text, operation, action, resource }
      })
    );
  }

  /** Whether one action is allowed, with evidence. */
  check(request: CheckRequest): Promise<CheckReport> {
    return this._api.call(this._api.http.POST('/jupyter-smext/api/iam/check', { body: request }));
  }

  /** The defects of a policy text, and the text repaired. The server tells what it is for where `kind` is null. */
  lint(text: string, kind: PolicyUse | null, buckets: string[]): Promise<LintReport> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/lint', {
        body: { text, kind, repair: true, buckets }
      })
    );
  }

  /** What AWS's own Access Analyzer says of a policy text, where it may be asked. */
  validate(text: string, kind: PolicyUse): Promise<PolicyValidation> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/validate', { body: { text, kind } })
    );
  }

  whatIf(request: WhatIfRequest): Promise<WhatIfResult> {
    return this._api.call(this._api.http.POST('/jupyter-smext/api/iam/what-if', { body: request }));
  }

  preflight(request: PreflightRequest): Promise<PreflightReport> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/preflight', { body: request })
    );
  }

  generate(request: GenerateRequest): Promise<GeneratedPolicy> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/generate', { body: request })
    );
  }

  /** What `apply` would change. */
  planApply(roleArn: string, policy: NewPolicy): Promise<ApplyPlan> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/apply/plan', {
        body:
          'document' in policy
            ? { role_arn: roleArn, kind: 'inline', document: policy.document }
            : { role_arn: roleArn, kind: 'attach', policy_arn: policy.policyArn }
      })
    );
  }

  /** Write the policy of a plan into the role, whose name was typed. */
  apply(plan: ApplyPlan, confirm: string): Promise<ApplyResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/apply', {
        body: {
          role_arn: plan.role_arn,
          kind: plan.kind,
          // Of a managed policy only the ARN goes along: its content is AWS's, or its owner's.
          ...(plan.kind === 'inline' ? { document: plan.after } : { policy_arn: plan.policy_arn }),
          before: plan.before,
          confirm
        }
      })
    );
  }

  undo(undoToken: string): Promise<ApplyResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/iam/undo', { body: { undo_token: undoToken } })
    );
  }

  /** What an administrator needs to mend it. */
  packet(request: PacketRequest): Promise<AdminPacket> {
    return this._api.call(this._api.http.POST('/jupyter-smext/api/iam/packet', { body: request }));
  }

  /** Read the text of an Estimator file. */
  parseSpec(text: string): Promise<ParseResult> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/estimators/parse', { body: { text } })
    );
  }

  /** Names of the account's buckets, as many as one answer holds. */
  async buckets(): Promise<string[]> {
    const page = await this._api.call(this._api.http.GET('/jupyter-smext/api/s3/buckets'));
    return page.buckets.map(bucket => bucket.name);
  }
}
