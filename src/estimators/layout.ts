import type { TranslationBundle } from '@jupyterlab/translation';
import { fieldAt, type IField } from './specSchema';

/** A part of the form that folds. */
export interface IFormSection {
  id: string;
  title: string;
  /** Shown when the form opens for the first time. */
  open: boolean;
  /** Ids of fields in the order in which they are shown; an object stands for all its members. */
  fields: string[];
  /** Fields that are rarely needed, behind "More". */
  more: string[];
  /** The field that the section is about, and that needs no name of its own. */
  about?: string;
  /** Fields that the control of another one shows too. */
  within?: string[];
}

/**
 * What stands where in the form. The schema says what there is; this says what belongs together.
 *
 * A field that is named nowhere is shown in "Advanced", so that no member of the spec is out of reach.
 */
export function formSections(root: IField, trans: TranslationBundle): IFormSection[] {
  const sections: IFormSection[] = [
    {
      id: 'algorithm',
      title: trans.__('Algorithm and source'),
      open: true,
      fields: [
        'metadata.base_job_name',
        'spec.algorithm',
        'spec.source_code.source_dir',
        'spec.source_code.entry_script'
      ],
      more: [
        'metadata.description',
        'spec.source_code.requirements',
        'spec.source_code.dependencies',
        'spec.source_code.ignore_patterns'
      ]
    },
    {
      id: 'data',
      title: trans.__('Data channels'),
      open: true,
      about: 'spec.input_data_config',
      fields: ['spec.input_data_config'],
      more: ['spec.algorithm.training_input_mode']
    },
    {
      id: 'hyperparameters',
      title: trans.__('Hyperparameters'),
      open: true,
      about: 'spec.hyperparameters',
      fields: ['spec.hyperparameters'],
      more: [],
      within: ['tuning.parameter_ranges']
    },
    {
      id: 'compute',
      title: trans.__('Compute'),
      open: true,
      fields: [
        'spec.compute.instance_type',
        'spec.compute.instance_count',
        'spec.stopping_condition.max_runtime_in_seconds',
        'spec.compute.enable_managed_spot_training'
      ],
      more: [
        'spec.stopping_condition.max_wait_time_in_seconds',
        'spec.compute.volume_size_in_gb',
        'spec.compute.keep_alive_period_in_seconds',
        'policy.max_cost_usd'
      ]
    },
    {
      id: 'output',
      title: trans.__('Output and metrics'),
      open: true,
      fields: ['spec.output_data_config.s3_output_path', 'spec.algorithm.metric_definitions'],
      more: ['spec.output_data_config.kms_key_id', 'spec.output_data_config.compression_type']
    }
  ];
  const tuning = fieldAt(root, ['tuning']);
  if (tuning) {
    sections.splice(3, 0, {
      id: 'tuning',
      title: trans.__('Tuning'),
      open: true,
      fields: TUNING_BASICS.map(key => `tuning.${key}`),
      more: tuning.members
        .filter(member => !TUNING_BASICS.includes(member.key) && member.key !== 'parameter_ranges')
        .map(member => member.id)
        .concat('tuning.parameter_ranges.auto')
    });
  }
  const placed = new Set(sections.flatMap(fieldsOf));
  // The algorithm's own control shows these.
  ALGORITHM_KINDS.forEach(kind => placed.add(`spec.algorithm.${kind}`));
  return [
    ...sections,
    {
      id: 'advanced',
      title: trans.__('Advanced'),
      open: false,
      fields: rest(root, placed),
      more: []
    }
  ];
}

/** Everything that a section shows. */
export function fieldsOf(section: IFormSection): string[] {
  return [...section.fields, ...section.more, ...(section.within ?? [])];
}

/** Members of a tuning that every tuning needs. */
const TUNING_BASICS = ['strategy', 'objective', 'resource_limits'];

/** The ways to say what runs; exactly one of them is given. */
export const ALGORITHM_KINDS = [
  'framework',
  'builtin',
  'training_image',
  'algorithm_name'
] as const;

export type AlgorithmKind = (typeof ALGORITHM_KINDS)[number];

/** Members of a list's items that are shown at once; the others stand behind "More". */
export const ITEM_BASICS: Record<string, readonly string[]> = {
  'spec.input_data_config': ['channel_name', 's3_uri', 'content_type']
};

/** The largest fields that hold nothing that is placed elsewhere. */
function rest(field: IField, placed: ReadonlySet<string>): string[] {
  if (field.id && placed.has(field.id) && !hasOwnControl(field)) {
    return [];
  }
  const holdsPlaced = [...placed].some(id => !field.id || id.startsWith(`${field.id}.`));
  if (!holdsPlaced) {
    return field.kind === 'constant' ? [] : [field.id];
  }
  return field.members.flatMap(member => rest(member, placed));
}

/** The algorithm has a control that shows the choice of what runs, and leaves its other members to the form. */
export function hasOwnControl(field: IField): boolean {
  return field.id === 'spec.algorithm';
}
