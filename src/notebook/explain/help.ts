import type { TranslationBundle } from '@jupyterlab/translation';

/** What the kernel writes below a traceback; `jupyter_smext.notebook.explain` makes it. */
export const MIME_TYPE = 'application/vnd.jupyter-smext.help+json';

/** The help for an error of AWS. It comes from a notebook, whoever wrote that: every part of it is a text. */
export interface IHelp {
  /** An error code of the server API, `Failed` or `NoCapacity`. */
  code: string;
  title: string;
  /** The error itself, in one line. */
  message: string;
  explanation: string;
  steps: string[];
  operation?: string;
  action?: string;
  resource?: string;
  principal?: string;
  /** Whether an Allow in a policy of the principal can help; undefined: nobody can tell. */
  allow_can_help?: boolean;
  region?: string;
  request_id?: string;
  /** The job or endpoint that failed. */
  failed?: { kind: string; name?: string; reason?: string };
  docs?: string;
  quotas?: string;
}

/** The help in an output; null where it is none that this version understands. */
export function readHelp(value: unknown): IHelp | null {
  const read = textsOf(value);
  const { code, title, message, explanation } = read;
  if (!code || !title || !message || !explanation) {
    return null;
  }
  const parts = value as { steps?: unknown; failed?: unknown; allow_can_help?: unknown };
  const failed = textsOf(parts.failed);
  return {
    ...read,
    code,
    title,
    message,
    explanation,
    steps: Array.isArray(parts.steps) ? parts.steps.map(String) : [],
    allow_can_help: typeof parts.allow_can_help === 'boolean' ? parts.allow_can_help : undefined,
    failed: failed.kind ? { ...failed, kind: failed.kind } : undefined,
    docs: pageOfAws(read.docs),
    quotas: pageOfAws(read.quotas)
  };
}

/** What the explanation does not name itself. */
export function factsOf(help: IHelp, trans: TranslationBundle): [string, string][] {
  const facts: [string, string | undefined][] = [
    [trans.__('Reason'), help.failed?.reason],
    [trans.__('Principal'), help.principal],
    [trans.__('Action'), help.action],
    [trans.__('Resource'), help.resource],
    [trans.__('Region'), help.region],
    [trans.__('Request id'), help.request_id]
  ];
  return facts.filter(
    (fact): fact is [string, string] => fact[1] !== undefined && !help.explanation.includes(fact[1])
  );
}

const PAGE =
  /^https:\/\/(docs\.aws\.amazon\.com|boto3\.amazonaws\.com|([a-z0-9-]+\.)?console\.aws\.amazon\.com)\//;

/** An address in AWS's documentation or console: a notebook of a stranger leads nowhere else. */
function pageOfAws(address: string | undefined): string | undefined {
  return address && PAGE.test(address) ? address : undefined;
}

function textsOf(value: unknown): Record<string, string | undefined> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  );
}
