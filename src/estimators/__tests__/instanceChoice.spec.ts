import type { Catalog, InstanceOffer } from '../../api/types';
import {
  advisedProcessors,
  filterOffers,
  type IInstanceFilter,
  sortOffers
} from '../instanceChoice';
import { SpecText } from '../specText';

function offer(instance_type: string, more: Partial<InstanceOffer> = {}): InstanceOffer {
  return {
    instance_type,
    vcpu: 2,
    memory_gib: 8,
    gpu_count: 0,
    gpu_model: null,
    gpu_memory_gib: null,
    accelerator_count: 0,
    accelerator_model: null,
    usd_per_hour: null,
    component: null,
    as_of: null,
    allowed: true,
    ...more
  };
}

const OFFERS = [
  offer('ml.m5.2xlarge', { vcpu: 8, usd_per_hour: 0.46 }),
  offer('ml.m5.large', { usd_per_hour: 0.12 }),
  offer('ml.g5.xlarge', { vcpu: 4, gpu_count: 1, gpu_model: 'A10G', usd_per_hour: 1.4 }),
  offer('ml.trn1.2xlarge', { vcpu: 8, accelerator_count: 1, accelerator_model: 'Trainium' })
];

const EVERYTHING: IInstanceFilter = { query: '', processors: new Set(), most: null };

const types = (offers: readonly InstanceOffer[]) => offers.map(each => each.instance_type);

describe('filterOffers', () => {
  it('finds all words in the type and its accelerator', () => {
    expect(types(filterOffers(OFFERS, { ...EVERYTHING, query: 'a10 xl' }))).toEqual([
      'ml.g5.xlarge'
    ]);
  });

  it('takes any of several processors', () => {
    const processors = new Set(['gpu', 'trainium'] as const);
    expect(types(filterOffers(OFFERS, { ...EVERYTHING, processors }))).toEqual([
      'ml.g5.xlarge',
      'ml.trn1.2xlarge'
    ]);
  });

  it('leaves out what costs more, and what costs nobody knows how much', () => {
    expect(types(filterOffers(OFFERS, { ...EVERYTHING, most: 0.46 }))).toEqual([
      'ml.m5.2xlarge',
      'ml.m5.large'
    ]);
  });
});

describe('sortOffers', () => {
  it('puts the small ones of a family first', () => {
    expect(types(sortOffers(OFFERS, { column: 'type', descending: false }, () => null))).toEqual([
      'ml.g5.xlarge',
      'ml.m5.large',
      'ml.m5.2xlarge',
      'ml.trn1.2xlarge'
    ]);
  });

  it.each([
    [false, ['ml.m5.large', 'ml.m5.2xlarge', 'ml.g5.xlarge', 'ml.trn1.2xlarge']],
    [true, ['ml.g5.xlarge', 'ml.m5.2xlarge', 'ml.m5.large', 'ml.trn1.2xlarge']]
  ])('leaves the unknown price last (descending: %s)', (descending, expected) => {
    expect(types(sortOffers(OFFERS, { column: 'price', descending }, () => null))).toEqual(
      expected
    );
  });
});

describe('advisedProcessors', () => {
  const catalog = {
    algorithms: [
      { name: 'kmeans', instances: 'CPU or GPU' },
      { name: 'lda', instances: 'one CPU' },
      { name: 'object2vec', instances: 'one instance' }
    ],
    frameworks: [
      { name: 'pytorch', versions: [{ version: '2.8', processors: ['cpu', 'gpu'] }] },
      { name: 'pytorch-neuron', versions: [{ version: '2.7', processors: ['neuronx'] }] }
    ]
  } as unknown as Catalog;

  it.each([
    ['builtin: { name: kmeans }', ['cpu', 'gpu']],
    ['builtin: { name: lda }', ['cpu']],
    ['builtin: { name: object2vec }', null],
    ['framework: { name: pytorch, version: "2.8" }', ['cpu', 'gpu']],
    ['framework: { name: pytorch-neuron, version: "2.7" }', ['trainium']],
    ['framework: { name: pytorch, version: "9.9" }', null]
  ])('of %s', (algorithm, expected) => {
    const spec = new SpecText(`spec:\n  algorithm:\n    ${algorithm}\n`);
    expect(advisedProcessors(spec, ['spec'], catalog)).toEqual(expected);
  });
});
