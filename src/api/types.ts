/** Short names for the generated types; the generated file is never imported by rooms directly. */
import type { components } from './schema';

type Schemas = components['schemas'];

/** What the server answers, and what only a client can notice. */
export type ErrorCode = Schemas['ErrorCode'] | 'ServerPartMissing' | 'VersionMismatch';
export type ErrorEnvelope = Partial<Omit<Schemas['ErrorEnvelope'], 'code'>> &
  Pick<Schemas['ErrorEnvelope'], 'message' | 'retryable'> & { code: ErrorCode };
export type Handshake = Schemas['Handshake'];
export type Identity = Schemas['Identity'];
export type Task = Schemas['Task'];
export type Bucket = Schemas['Bucket'];
export type BucketPage = Schemas['BucketPage'];
export type S3Object = Schemas['S3Object'];
export type ObjectPage = Schemas['ObjectPage'];
export type UploadResult = Schemas['UploadResult'];
export type DeleteResult = Schemas['DeleteResult'];

export type TrainingJobStatus = Schemas['TrainingJobStatus'];
export type TrainingJobSummary = Schemas['TrainingJobSummary'];
export type TrainingJobPage = Schemas['TrainingJobPage'];
export type TrainingJob = Schemas['TrainingJob'];
export type Transition = Schemas['Transition'];
export type LogLine = Schemas['LogLine'];
export type LogPage = Schemas['LogPage'];
export type MetricSeries = Schemas['MetricSeries'];
export type MetricsResult = Schemas['MetricsResult'];

export type EndpointSummary = Schemas['EndpointSummary'];
export type EndpointPage = Schemas['EndpointPage'];
export type Endpoint = Schemas['Endpoint'];
export type DeployRequest = Schemas['DeployRequest'];
export type InvokeRequest = Schemas['InvokeRequest'];
export type InvokeResult = Schemas['InvokeResult'];
export type DeletePlan = Schemas['DeletePlan'];

export type Catalog = Schemas['Catalog'];
export type FrameworkEntry = Schemas['FrameworkEntry'];
export type InstanceTypeEntry = Schemas['InstanceTypeEntry'];
export type ParseResult = Schemas['ParseResult'];
export type Problem = Schemas['Problem'];
export type LaunchToken = Schemas['LaunchToken'];
export type PriceEstimate = Schemas['PriceEstimate'];
export type PreflightFinding = Schemas['jupyter_smext__estimators__models__Finding'];
export type PreflightResult = Schemas['PreflightResult'];
export type ExportDialect = Schemas['ExportDialect'];
export type ExportResult = Schemas['ExportResult'];
export type ImportResult = Schemas['ImportResult'];
export type ObjectReference = Schemas['ObjectReference-Input'];
export type ObjectDetails = Schemas['ObjectDetails'];
export type ObjectVersion = Schemas['ObjectVersion'];
export type VersionPage = Schemas['VersionPage'];
export type GlacierRestore = Schemas['GlacierRestore'];
export type GlacierTier = Schemas['GlacierTier'];
export type PresignedUrl = Schemas['PresignedUrl'];
export type Preview = Schemas['Preview'];
export type TableContent = Schemas['TableContent'];

export type WhoAmI = Schemas['WhoAmI'];
export type HolderPolicies = Schemas['HolderPolicies'];
export type Sight = Schemas['Sight'];
export type Explanation = Schemas['Explanation-Output'];
export type PolicyUse = NonNullable<Schemas['LintRequest']['kind']>;
export type LintReport = Schemas['LintReport'];
export type Finding = Schemas['jupyter_smext__iam__models__Finding'];
export type Verdict = Schemas['Verdict'];
export type WhatIfRequest = Schemas['WhatIfRequest'];
export type WhatIfResult = Schemas['WhatIfResult'];
export type CheckRequest = Schemas['CheckRequest'];
export type CheckReport = Schemas['CheckReport'];
export type Requirement = Schemas['Requirement-Output'];
export type Evidence = Schemas['Evidence-Output'];
export type PreflightRequest = Schemas['jupyter_smext__iam__models__PreflightRequest'];
export type PreflightReport = Schemas['PreflightReport'];
export type PreflightCheck = Schemas['PreflightCheck'];
export type Probe = Schemas['Probe'];
export type ProbePlan = Schemas['ProbePlan'];
export type ProbeResult = Schemas['ProbeResult'];
export type GenerateRequest = Schemas['GenerateRequest'];
export type GeneratedPolicy = Schemas['GeneratedPolicy'];
export type ApplyPlan = Schemas['ApplyPlan'];
export type ApplyResult = Schemas['ApplyResult'];
export type PolicyValidation = Schemas['PolicyValidation'];
export type PacketRequest = Schemas['PacketRequest'];
export type PacketItem = Schemas['PacketItem'];
export type AdminPacket = Schemas['AdminPacket'];
export type FindMode = Schemas['FindMode'];
export type FindRequest = Schemas['FindRequest'];
export type FindResult = Schemas['FindResult'];
export type FindPage = Schemas['FindPage'];
export type TextObject = Schemas['TextObject'];
export type SaveRequest = Schemas['SaveRequest'];
export type ArchiveMember = Schemas['ArchiveMember'];
export type ArchivePage = Schemas['ArchivePage'];
export type Bookmarks = Schemas['Bookmarks-Output'];
export type Place = Schemas['Place-Output'];
