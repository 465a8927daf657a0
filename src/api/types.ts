/** Short names for the generated types; the generated file is never imported by rooms directly. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type ErrorEnvelope = Partial<Schemas['ErrorEnvelope']> &
  Pick<Schemas['ErrorEnvelope'], 'code' | 'message' | 'retryable'>;
export type ErrorCode = Schemas['ErrorCode'];
export type Identity = Schemas['Identity'];
export type Task = Schemas['Task'];
