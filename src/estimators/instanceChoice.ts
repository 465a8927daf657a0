import type { BuiltInAlgorithm, Catalog, InstanceOffer } from '../api/types';
import type { ISort } from '../common/listing';
import type { Path, SpecText } from './specText';

/** What an instance type computes on. */
export type Processor = 'cpu' | 'gpu' | 'trainium';

export const PROCESSORS: readonly Processor[] = ['cpu', 'gpu', 'trainium'];

export interface IInstanceFilter {
  /** Words that all stand in the type or its accelerator. */
  query: string;
  /** Empty: all. */
  processors: ReadonlySet<Processor>;
  /** Dollars an hour; a type without a price is left out then. Null: any price. */
  most: number | null;
}

export function processorOf(offer: InstanceOffer): Processor {
  return offer.accelerator_count ? 'trainium' : offer.gpu_count ? 'gpu' : 'cpu';
}

export function filterOffers(
  offers: readonly InstanceOffer[],
  { query, processors, most }: IInstanceFilter
): InstanceOffer[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return offers.filter(offer => {
    const text =
      `${offer.instance_type} ${offer.gpu_model ?? ''} ${offer.accelerator_model ?? ''}`.toLowerCase();
    return (
      words.every(word => text.includes(word)) &&
      (processors.size === 0 || processors.has(processorOf(offer))) &&
      (most === null || (offer.usd_per_hour !== null && offer.usd_per_hour <= most))
    );
  });
}

/** In the order of a column; what is not known comes last, whichever way round. */
export function sortOffers(
  offers: readonly InstanceOffer[],
  { column, descending }: ISort,
  quotaOf: (type: string) => number | null
): InstanceOffer[] {
  const values: Record<string, (offer: InstanceOffer) => number | null> = {
    vcpu: offer => offer.vcpu,
    memory: offer => offer.memory_gib,
    accelerator: offer => offer.gpu_memory_gib ?? (offer.accelerator_count || null),
    price: offer => offer.usd_per_hour,
    quota: offer => quotaOf(offer.instance_type)
  };
  const value = values[column];
  const sign = descending ? -1 : 1;
  return [...offers].sort((a, b) => {
    if (!value) {
      return sign * byName(a, b);
    }
    const [one, other] = [value(a), value(b)];
    if (one === null || other === null) {
      return one === other ? byName(a, b) : one === null ? 1 : -1;
    }
    return sign * (one - other) || byName(a, b);
  });
}

/** Family by family, small ones first: `m5.large` before `m5.2xlarge`. */
function byName(a: InstanceOffer, b: InstanceOffer): number {
  const family = (offer: InstanceOffer) => offer.instance_type.split('.').slice(0, 2).join('.');
  return (
    family(a).localeCompare(family(b)) ||
    (a.vcpu ?? 0) - (b.vcpu ?? 0) ||
    a.instance_type.localeCompare(b.instance_type)
  );
}

/** What the algorithm of the job at a path can use; null: nothing is known. */
export function advisedProcessors(
  spec: SpecText,
  job: Path,
  catalog: Catalog | null
): Processor[] | null {
  const text = (...path: string[]) => spec.get([...job, 'algorithm', ...path]);
  const builtin = catalog?.algorithms.find(each => each.name === text('builtin', 'name'));
  if (builtin) {
    return ofWords(builtin);
  }
  const version = catalog?.frameworks
    .find(each => each.name === text('framework', 'name'))
    ?.versions.find(each => each.version === text('framework', 'version'));
  if (!version?.processors.length) {
    return null;
  }
  return PROCESSORS.filter(each =>
    version.processors.some(name =>
      each === 'trainium' ? /^(trn|neuron|inf)/.test(name) : name === each
    )
  );
}

function ofWords({ instances }: BuiltInAlgorithm): Processor[] | null {
  const found = (['cpu', 'gpu'] as const).filter(each => instances.toLowerCase().includes(each));
  return found.length ? found : null;
}
