import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { AdminPacket, PacketItem } from '../api/types';
import { breakable } from '../common/breakable';
import { Button } from '../common/button';
import { Tabs } from '../common/tabs';
import { CodeBlock } from './codeBlock';
import { fixOwnerOf } from './words';

/** What somebody who may change policies needs: why, what, and in which form. */
export function PacketView(props: { packet: AdminPacket; trans: TranslationBundle }): JSX.Element {
  const { packet, trans } = props;
  return (
    <section className="jp-smext-Packet" aria-label={trans.__('Admin packet')}>
      <div className="jp-smext-Iam-titleRow">
        <h3>{trans.__('Admin packet')}</h3>
        <Button
          icon={copyIcon}
          label={trans.__('Copy all')}
          onClick={() => Clipboard.copyToSystem(packet.markdown)}
        />
      </div>
      <p className="jp-smext-Iam-text">{packet.explanation}</p>
      {packet.items.map(item => (
        <Item key={`${item.target} ${item.resource}`} item={item} trans={trans} />
      ))}
      {packet.evidence.length > 0 && (
        <>
          <h4>{trans.__('Evidence')}</h4>
          <ul className="jp-smext-Iam-list">
            {packet.evidence.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Item(props: { item: PacketItem; trans: TranslationBundle }): JSX.Element {
  const { item, trans } = props;
  const [form, setForm] = React.useState('json');
  const forms: [id: string, label: string, text: string][] = [
    ['json', 'JSON', item.policy_json],
    ['terraform', 'Terraform', item.terraform],
    ['cloudformation', 'CloudFormation', item.cloudformation],
    ['cli', 'CLI', item.cli]
  ];
  return (
    <div className="jp-smext-Packet-item">
      <h4>{targetOf(item.target, trans)}</h4>
      <p className="jp-smext-Iam-arn">{breakable(item.resource)}</p>
      <p className="jp-smext-Iam-text">
        {item.why} {trans.__('Can be changed by: %1.', fixOwnerOf(item.owner, trans))}
      </p>
      <Tabs
        label={trans.__('Forms')}
        current={form}
        onChange={setForm}
        tabs={forms.map(([id, label, text]) => ({
          id,
          label,
          content: () => <CodeBlock text={text} label={label} trans={trans} />
        }))}
      />
    </div>
  );
}

function targetOf(target: PacketItem['target'], trans: TranslationBundle): string {
  switch (target) {
    case 'role':
      return trans.__('Policy of the role');
    case 'trust':
      return trans.__('Trust policy of the role');
    case 'bucket':
      return trans.__('Policy of the bucket');
    case 'key':
      return trans.__('Policy of the key');
    case 'repository':
      return trans.__('Policy of the repository');
  }
}
