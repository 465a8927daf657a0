import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Domain, UserSettings } from '../api/types';
import { Facts } from '../common/facts';
import { formatTime } from '../common/format';

/** How a domain is set: its network, and what its users and spaces get. */
export function SettingsView(props: {
  domain: Domain;
  trans: TranslationBundle;
}): React.ReactElement {
  const { domain, trans } = props;
  return (
    <div className="jp-smext-StudioPage">
      <Facts
        facts={[
          [trans.__('Id'), domain.domain_id],
          [trans.__('ARN'), domain.domain_arn],
          [trans.__('Sign-in'), domain.auth_mode],
          [trans.__('Network'), domain.app_network_access_type],
          [trans.__('VPC'), domain.vpc_id],
          [trans.__('Subnets'), domain.subnet_ids.join(', ')],
          [trans.__('Security groups'), domain.security_group_ids.join(', ')],
          [trans.__('Key'), domain.kms_key_id],
          [
            trans.__('Home file system'),
            domain.home_efs_file_system_id ?? trans.__('none: each space has its volume')
          ],
          [trans.__('Created'), formatTime(domain.creation_time)],
          [trans.__('Changed'), formatTime(domain.last_modified_time)],
          [
            trans.__('Tags'),
            domain.tags === null
              ? trans.__('cannot be read from here')
              : Object.entries(domain.tags)
                  .map(([key, value]) => `${key}=${value}`)
                  .join(', ')
          ]
        ]}
      />
      <h3>{trans.__('What users get')}</h3>
      <Settings settings={domain.default_user_settings} trans={trans} />
      <h3>{trans.__('What shared spaces get')}</h3>
      <Settings settings={domain.default_space_settings} trans={trans} />
    </div>
  );
}

function Settings(props: { settings: UserSettings; trans: TranslationBundle }): React.ReactElement {
  const { settings, trans } = props;
  const spec = settings.default_resource_spec;
  const idle = settings.idle_settings;
  const script = (arn: string | null | undefined) => arn?.split('/').pop();
  return (
    <Facts
      facts={[
        [trans.__('Role'), settings.execution_role],
        [trans.__('Instance'), spec.instance_type],
        [trans.__('Image'), spec.sagemaker_image_version_alias ?? spec.sagemaker_image_arn],
        [trans.__('Pre-selected script'), script(spec.lifecycle_config_arn)],
        [trans.__('Script for all'), script(settings.built_in_lifecycle_config_arn)],
        [trans.__('Scripts to choose from'), settings.lifecycle_config_arns.map(script).join(', ')],
        [
          trans.__('Idle'),
          idle.lifecycle_management === 'ENABLED' && idle.idle_timeout_in_minutes
            ? trans.__('stops after %1 minutes', idle.idle_timeout_in_minutes)
            : trans.__('apps run until somebody stops them')
        ],
        [
          trans.__('Volume'),
          settings.default_ebs_volume_size_in_gb &&
            trans.__(
              '%1 GB, at most %2 GB',
              settings.default_ebs_volume_size_in_gb,
              settings.maximum_ebs_volume_size_in_gb ?? trans.__('not set')
            )
        ],
        [trans.__('Security groups'), settings.security_groups.join(', ')],
        [trans.__('Portal'), settings.studio_web_portal],
        [
          trans.__('File systems'),
          settings.custom_file_systems
            .map(system => system.file_system_id ?? system.s3_uri)
            .join(', ')
        ]
      ]}
    />
  );
}
