import type { CreateSpaceRequest, Space, UpdateSpaceRequest } from '../api/types';
import type { ISpaceName } from './service';

/** The form of a space, as it is typed. Empty: what the profile, the domain or AWS says. */
export interface ISpaceFields {
  space_name: string;
  owner: string;
  instance_type: string;
  /** ARN of an image and, after a blank, the alias of a version. */
  image: string;
  ebs_gb: string;
  lifecycle_config_arn: string;
  idle_minutes: string;
}

/** Detaches the lifecycle configuration of a space. */
export const NO_LIFECYCLE = 'None';

export const SPACE_NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
export const INSTANCE_TYPE = /^(system|ml\.[a-z0-9\-]+\.[a-z0-9\-]+)$/;

/** Small types to begin with; any other can be typed. */
export const SUGGESTED_TYPES = [
  'ml.t3.medium',
  'ml.t3.large',
  'ml.t3.xlarge',
  'ml.m5.large',
  'ml.m5.xlarge',
  'ml.m5.2xlarge',
  'ml.c5.xlarge',
  'ml.r5.xlarge',
  'ml.g4dn.xlarge',
  'ml.g5.xlarge',
  'ml.g6.xlarge'
];

export function imageValue(arn: string | null, alias: string | null): string {
  return [arn, alias].filter(Boolean).join(' ');
}

/** Of these instance types, those that the patterns of an administrator allow; no patterns allow all. */
export function allowedTypes(types: readonly string[], patterns: readonly string[]): string[] {
  const tests = patterns.map(
    pattern =>
      new RegExp(
        `^${pattern
          .replace(/[.+^${}()|\\]/g, '\\$&')
          .replace(/\*/g, '.*')
          .replace(/\?/g, '.')}$`
      )
  );
  return types.filter(type => tests.length === 0 || tests.some(test => test.test(type)));
}

/** The first of `lab`, `lab-2`, `lab-3` … that is not taken. */
export function freeName(taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'lab' : `lab-${number}`;
    if (!taken.includes(name)) {
      return name;
    }
  }
}

/** Whether the fields can be asked about at all. */
export function isComplete(fields: ISpaceFields): boolean {
  return (
    SPACE_NAME.test(fields.space_name) &&
    SPACE_NAME.test(fields.owner) &&
    INSTANCE_TYPE.test(fields.instance_type) &&
    isNumber(fields.ebs_gb, 5, 16384) &&
    isNumber(fields.idle_minutes, 60, 525600)
  );
}

export function createRequest(domainId: string, fields: ISpaceFields): CreateSpaceRequest {
  return {
    domain_id: domainId,
    space_name: fields.space_name,
    owner_user_profile_name: fields.owner,
    ...common(fields),
    instance_type: fields.instance_type
  };
}

/** The request that brings a space to these fields: only what differs. */
export function updateRequest(
  place: ISpaceName,
  before: ISpaceFields,
  after: ISpaceFields
): UpdateSpaceRequest {
  const changed = common(after);
  const same = common(before);
  return {
    ...place,
    space_display_name: null,
    instance_type: after.instance_type === before.instance_type ? null : after.instance_type,
    ebs_volume_size_in_gb:
      after.ebs_gb === before.ebs_gb ? null : (changed.ebs_volume_size_in_gb ?? null),
    sagemaker_image_arn: after.image === before.image ? null : changed.sagemaker_image_arn,
    sagemaker_image_version_alias:
      after.image === before.image ? null : changed.sagemaker_image_version_alias,
    lifecycle_config_arn:
      changed.lifecycle_config_arn === same.lifecycle_config_arn
        ? null
        : (changed.lifecycle_config_arn ?? NO_LIFECYCLE),
    idle_timeout_in_minutes:
      after.idle_minutes === before.idle_minutes ? null : changed.idle_timeout_in_minutes
  };
}

/** The form of a space that exists. */
export function fieldsOf(space: Space): ISpaceFields {
  const spec = space.effective_resource_spec;
  return {
    space_name: space.space_name,
    owner: space.owner_user_profile_name ?? '',
    instance_type: spec.instance_type ?? 'ml.t3.medium',
    image: imageValue(spec.sagemaker_image_arn ?? null, spec.sagemaker_image_version_alias ?? null),
    ebs_gb: String(space.ebs_volume_size_in_gb ?? ''),
    lifecycle_config_arn: spec.lifecycle_config_arn ?? '',
    idle_minutes: String(space.idle_settings.idle_timeout_in_minutes ?? '')
  };
}

function common(fields: ISpaceFields) {
  const [arn, alias] = fields.image.split(' ');
  return {
    ebs_volume_size_in_gb: fields.ebs_gb ? Number(fields.ebs_gb) : null,
    sagemaker_image_arn: arn || null,
    sagemaker_image_version_alias: alias || null,
    lifecycle_config_arn: fields.lifecycle_config_arn || null,
    idle_timeout_in_minutes: fields.idle_minutes ? Number(fields.idle_minutes) : null
  };
}

function isNumber(text: string, least: number, most: number): boolean {
  return text === '' || (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most);
}
