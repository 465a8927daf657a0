import type { TranslationBundle } from '@jupyterlab/translation';
import { lockIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { AdminPolicy, AdminPolicyState } from '../api/types';
import { Facts } from '../common/facts';
import { formatDollars, formatDuration } from '../common/format';

/** What the administrator has set for everybody; nothing where nothing is set. */
export function AdminView(props: {
  state: AdminPolicyState;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { state, trans } = props;
  const { policy, problem } = state;
  if (!state.source && state.max_launch_usd === null && !problem) {
    return null;
  }
  const only = (patterns: readonly string[] | undefined): string =>
    patterns?.length ? trans.__('only %1', patterns.join(', ')) : '';
  const expiry = policy?.expiry;
  const off = policy?.sections_off ?? [];
  return (
    <section className="jp-smext-StudioAdmin" aria-label={trans.__('Set by your admin')}>
      <h3>
        <lockIcon.react tag="span" aria-hidden="true" />
        {trans.__('Set by your admin')}
      </h3>
      {problem && (
        <p role="alert">
          {trans.__('The policy cannot be read, so nothing can be changed: %1', problem)}
        </p>
      )}
      <Facts
        facts={[
          [trans.__('Changes'), policy?.read_only ? trans.__('none: everything is read only') : ''],
          [trans.__('Switched off'), off.map(part => partName(part, trans)).join(', ')],
          [trans.__('Instance types'), only(policy?.instance_types?.allowed)],
          [trans.__('Regions'), only(policy?.regions?.allowed)],
          [trans.__('Roles'), only(policy?.execution_role?.allowed)],
          [trans.__('Buckets'), only(policy?.buckets?.allowed)],
          [
            trans.__('A launch costs'),
            typeof state.max_launch_usd === 'number'
              ? trans.__('at most %1', formatDollars(state.max_launch_usd))
              : ''
          ],
          [
            trans.__('A job runs'),
            expiry?.training_seconds
              ? trans.__('at most %1', formatDuration(expiry.training_seconds))
              : ''
          ],
          [
            trans.__('A warm pool lasts'),
            typeof expiry?.warm_pool_seconds === 'number'
              ? trans.__('at most %1', formatDuration(expiry.warm_pool_seconds))
              : ''
          ],
          [
            trans.__('An idle space stops'),
            expiry?.idle_minutes
              ? trans.__('after %1 at most', formatDuration(expiry.idle_minutes * 60))
              : ''
          ],
          [trans.__('Ask'), policy?.contact],
          [trans.__('Written in'), state.source]
        ]}
      />
    </section>
  );
}

/** What a part of the product is called on the screen. */
function partName(part: AdminPolicy['sections_off'][number], trans: TranslationBundle): string {
  switch (part) {
    case 's3':
      return trans.__('S3');
    case 'estimators':
      return trans.__('Estimators');
    case 'jobs':
      return trans.__('Training');
    case 'endpoints':
      return trans.__('Endpoints');
    case 'iam':
      return trans.__('IAM');
    case 'studio':
      return trans.__('Studio');
  }
}
