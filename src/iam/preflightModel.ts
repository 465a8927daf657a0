import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { PacketRequest, PreflightReport, PreflightRequest, Requirement } from '../api/types';
import { FixModel } from './fixModel';
import type { IamService, PolicyDocument } from './service';
import type { IRestorable } from './tab';

export type Subject = Requirement['subject'];

/** What is to be launched: an Estimator file, or a request of SageMaker's API as JSON. */
export interface ILaunch {
  source: 'file' | 'request';
  /** Of the Estimator file. */
  path: string;
  operation: string;
  /** JSON text as boto3 takes it. */
  request: string;
}

/** The permissions that a launch needs, and which of them are missing. */
export class PreflightModel implements IRestorable {
  constructor(
    private readonly _service: IamService,
    /** Text of a file of the Jupyter server. */
    private readonly _readFile: (path: string) => Promise<string>,
    launch: Partial<ILaunch> = {}
  ) {
    this._launch = { source: 'file', path: '', operation: OPERATIONS[0], request: '', ...launch };
  }

  get launch(): ILaunch {
    return this._launch;
  }

  /** Another launch: what was found for the one before is no longer shown. */
  set launch(launch: ILaunch) {
    this._launch = launch;
    this._report = null;
    this._error = null;
    this._changed.emit();
  }

  /** There is something to check. */
  get ready(): boolean {
    const { source, path, request } = this._launch;
    return !this._busy && (source === 'file' ? path : request).trim() !== '';
  }

  get report(): PreflightReport | null {
    return this._report;
  }

  get error(): SmextError | null {
    return this._error;
  }

  get busy(): boolean {
    return this._busy;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A launch that was checked is checked again when it comes back: policies may have changed since. */
  get state(): Record<string, string | undefined> {
    return { ...this._launch, checked: this._report ? 'yes' : undefined };
  }

  /** What is missing, for each who misses it. */
  get missing(): [Subject, PolicyDocument][] {
    return Object.entries(this._report?.missing ?? {}) as [Subject, PolicyDocument][];
  }

  /** What may be missing: no policy that could be read settles it. */
  get unsettled(): [Subject, PolicyDocument][] {
    return Object.entries(this._report?.unsettled ?? {}) as [Subject, PolicyDocument][];
  }

  /** The way of a missing policy into the role of its subject. */
  fixOf(subject: Subject): FixModel {
    let fix = this._fixes.get(subject);
    if (!fix) {
      fix = new FixModel(this._service);
      this._fixes.set(subject, fix);
    }
    return fix;
  }

  /** Check the launch; `probes`: also by the harmless calls of the report, `refresh`: read policies again. */
  async check(options: { probes?: boolean; refresh?: boolean } = {}): Promise<void> {
    const launch = this._launch;
    this._busy = true;
    this._error = null;
    this._changed.emit();
    let report: PreflightReport | null = null;
    let error: SmextError | null = null;
    try {
      report = await this._service.preflight({ ...(await this._read(launch)), ...options });
    } catch (reason) {
      error = SmextError.from(reason);
    }
    if (this._isDisposed) {
      return;
    }
    this._busy = false;
    if (launch === this._launch) {
      this._report = report ?? this._report;
      this._error = error;
    }
    this._changed.emit();
  }

  /** What an administrator is told about one subject. */
  packetFor(subject: Subject, roleArn: string | null): PacketRequest {
    const checks = (this._report?.checks ?? []).filter(
      check => check.requirement.subject === subject && check.answer !== 'allowed'
    );
    return {
      role_arn: roleArn,
      requirements: checks.map(check => check.requirement),
      evidence: checks.flatMap(check => check.evidence)
    };
  }

  dispose(): void {
    this._isDisposed = true;
    this._fixes.forEach(fix => fix.dispose());
    Signal.clearData(this);
  }

  private async _read(launch: ILaunch): Promise<PreflightRequest> {
    if (launch.source === 'request') {
      return { operation: launch.operation, request: asObject(launch.request) };
    }
    const { spec, problems } = await this._service.parseSpec(await this._readFile(launch.path));
    if (!spec) {
      throw invalid(problems.map(problem => problem.message).join(' '));
    }
    return { spec, document: launch.path };
  }

  private _launch: ILaunch;
  private _report: PreflightReport | null = null;
  private _error: SmextError | null = null;
  private _busy = false;
  private _isDisposed = false;
  private readonly _fixes = new Map<Subject, FixModel>();
  private readonly _changed = new Signal<this, void>(this);
}

/** Operations whose permissions are known. */
export const OPERATIONS: readonly string[] = [
  'CreateTrainingJob',
  'CreateHyperParameterTuningJob',
  'CreateModel',
  'CreateEndpointConfig',
  'CreateEndpoint'
];

function asObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (reason) {
    throw invalid((reason as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('{…}');
  }
  return value as Record<string, unknown>;
}

function invalid(message: string): SmextError {
  return new SmextError({ code: 'InvalidRequest', message, retryable: false }, 0);
}
