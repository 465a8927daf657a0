import type { TranslationBundle } from '@jupyterlab/translation';
import type { InstanceTypeEntry } from '../api/types';
import { formatNumber } from '../common/format';

/** `2 vCPU · 8 GiB · 1 × T4 (16 GiB)`, as far as it is known. */
export function sizeText(entry: InstanceTypeEntry, trans: TranslationBundle): string {
  return [
    entry.vcpu && trans.__('%1 vCPU', entry.vcpu),
    entry.memory_gib && trans.__('%1 GiB', formatNumber(entry.memory_gib, 1)),
    acceleratorText(entry, trans)
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `4 × T4 (64 GiB)`, `16 × Trainium`, or nothing. */
export function acceleratorText(entry: InstanceTypeEntry, trans: TranslationBundle): string {
  if (entry.accelerator_count) {
    return `${entry.accelerator_count} × ${entry.accelerator_model ?? trans.__('accelerator')}`;
  }
  if (!entry.gpu_count) {
    return '';
  }
  const memory = entry.gpu_memory_gib
    ? trans.__(' (%1 GiB)', formatNumber(entry.gpu_memory_gib, 0))
    : '';
  return `${entry.gpu_count} × ${entry.gpu_model ?? trans.__('GPU')}${memory}`;
}
