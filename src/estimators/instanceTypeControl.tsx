import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { InstanceTypeEntry } from '../api/types';
import { formatNumber } from '../common/format';
import { TextControl, type IControlProps } from './controls';
import { useForm } from './formContext';

/** An instance type, with what the chosen one has; types that the catalog does not know can be typed. */
export function InstanceTypeControl(props: IControlProps): JSX.Element {
  const { catalog, trans } = useForm();
  const entries = catalog?.instance_types ?? [];
  const chosen = entries.find(entry => entry.instance_type === props.value);
  const list = `${props.id}-types`;
  return (
    <>
      <TextControl {...props} suggestions={list} />
      <datalist id={list}>
        {entries.map(entry => (
          <option key={entry.instance_type} value={entry.instance_type}>
            {describe(entry, trans)}
          </option>
        ))}
      </datalist>
      {chosen && <span className="jp-smext-Form-note">{describe(chosen, trans)}</span>}
    </>
  );
}

/** `2 vCPU · 8 GiB · 1 × T4 (16 GiB)`, as far as it is known. */
export function describe(entry: InstanceTypeEntry, trans: TranslationBundle): string {
  const parts: string[] = [];
  if (entry.vcpu) {
    parts.push(trans.__('%1 vCPU', entry.vcpu));
  }
  if (entry.memory_gib) {
    parts.push(trans.__('%1 GiB', formatNumber(entry.memory_gib, 1)));
  }
  if (entry.gpu_count) {
    const memory = entry.gpu_memory_gib
      ? trans.__(' (%1 GiB)', formatNumber(entry.gpu_memory_gib, 0))
      : '';
    parts.push(`${entry.gpu_count} × ${entry.gpu_model ?? trans.__('GPU')}${memory}`);
  }
  return parts.join(' · ');
}
