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
