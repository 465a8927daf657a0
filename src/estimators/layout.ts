import type { TranslationBundle } from '@jupyterlab/translation';
import { fieldAt, type IField } from './specSchema';
import { parsePath, type Path } from './specText';

/** A part of the form that folds. Fields are named by their path, as the server writes it. */
export interface IFormSection {
  id: string;
  title: string;
  /** Shown when the form opens for the first time. */
  open: boolean;
  /** In the order in which they are shown; an object stands for all its members. */
  fields: string[];
  /** Fields that are rarely needed, behind "More". */
  more: string[];
  /** The field that the section is about, and that needs no name of its own. */
  about?: string;
  /** What the control of another field shows too. */
  within?: string[];
  job: IJobPlace;
}

/** Where one training job of a document stands; a tuning job may have several. */
export interface IJobPlace {
  readonly spec: Path;
  /** How it is tuned, in a tuning job. */
  readonly tuning: Path;
}

const FIRST_JOB: IJobPlace = { spec: ['spec'], tuning: ['tuning'] };

/** The training jobs that a tuning job has beside its first. */
export const DEFINITIONS = 'tuning.definitions';

/** The path of one of them. */
export function definitionPath(index: number): string {
  return `${DEFINITIONS}[${index}]`;
}

/**
 * What stands where in the form. The schema says what there is; this says what belongs together.
 *
 * A field that is named nowhere is shown in "Advanced", so that no member of the spec is out of reach. `definitions` are
 * the names of the tuning job's other training jobs; each has a section of its own.
 */
export function formSections(
  root: IField,
  definitions: readonly string[],
  trans: TranslationBundle
): IFormSection[] {
  const job = FIRST_JOB;
  const script = scriptFields(root, 'spec');
  const sections: IFormSection[] = [
    {
      id: 'algorithm',
      title: trans.__('Algorithm and source'),
      open: true,
      fields: ['metadata.base_job_name', 'spec.algorithm', ...script.basics],
      more: ['metadata.description', ...script.more],
      within: ['spec.source_code'],
      job
    },
    {
      id: 'data',
      title: trans.__('Data channels'),
      open: true,
      about: 'spec.input_data_config',
      fields: ['spec.input_data_config'],
      more: ['spec.algorithm.training_input_mode'],
      job
    },
    {
      id: 'hyperparameters',
      title: trans.__('Hyperparameters'),
      open: true,
      about: 'spec.hyperparameters',
      fields: ['spec.hyperparameters'],
      more: [],
      within: ['tuning.parameter_ranges'],
      job
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
      ],
      job
    },
    {
      id: 'output',
      title: trans.__('Output and metrics'),
      open: true,
      fields: ['spec.output_data_config.s3_output_path', 'spec.algorithm.metric_definitions'],
      more: ['spec.output_data_config.kms_key_id', 'spec.output_data_config.compression_type'],
      job
    }
  ];
  const tuning = fieldAt(root, ['tuning']);
  if (tuning) {
    const basics = ['strategy', 'objective', 'resource_limits', 'definitions'];
    // With several jobs in it, the first one has to be named too.
    basics.splice(3, 0, ...(definitions.length ? ['definition_name'] : []));
    sections.splice(3, 0, {
      id: 'tuning',
      title: trans.__('Tuning'),
      open: true,
      fields: basics.map(key => `tuning.${key}`),
      more: tuning.members
        .filter(member => !basics.includes(member.key) && member.key !== 'parameter_ranges')
        .map(member => member.id)
        .concat('tuning.parameter_ranges.auto'),
      job
    });
    sections.push(...definitions.map((name, index) => definitionSection(root, index, name, trans)));
  }
  return [
    ...sections,
    {
      id: 'advanced',
      title: trans.__('Advanced'),
      open: false,
      fields: rest(root, placedBy(sections, 'spec')),
      more: [],
      job
    }
  ];
}

/** One more training job of a tuning job, whole. */
function definitionSection(
  root: IField,
  index: number,
  name: string,
  trans: TranslationBundle
): IFormSection {
  const at = definitionPath(index);
  const script = scriptFields(root, `${at}.spec`);
  const section: IFormSection = {
    id: `definition-${index}`,
    title: name ? trans.__('Training job %1', name) : trans.__('Training job'),
    open: false,
    fields: [
      `${at}.definition_name`,
      `${at}.spec.algorithm`,
      ...script.basics,
      `${at}.spec.input_data_config`,
      `${at}.spec.hyperparameters`,
      `${at}.objective`,
      `${at}.spec.compute.instance_type`,
      `${at}.spec.compute.instance_count`,
      `${at}.spec.stopping_condition.max_runtime_in_seconds`,
      `${at}.spec.algorithm.metric_definitions`
    ],
    more: script.more,
    within: [`${at}.spec.source_code`, `${at}.parameter_ranges`],
    job: { spec: parsePath(`${at}.spec`), tuning: parsePath(at) }
  };
  const item = fieldAt(root, parsePath(at));
  const others = item ? rest(item, placedBy([section], `${at}.spec`)) : [];
  section.more.push(
    `${at}.parameter_ranges.auto`,
    ...others.map(id => id.replace(DEFINITIONS, at))
  );
  return section;
}

/** What a job runs beside its algorithm, and how. */
function scriptFields(root: IField, job: string): { basics: string[]; more: string[] } {
  const basics = ['source_dir', 'entry_script'];
  const members = fieldAt(root, parsePath(`${job}.source_code`))?.members ?? [];
  const others = members.map(({ key }) => key).filter(key => !basics.includes(key));
  return {
    basics: basics.map(key => `${job}.source_code.${key}`),
    more: [
      ...others.map(key => `${job}.source_code.${key}`),
      `${job}.distribution`,
      `${job}.algorithm.container_entrypoint`,
      `${job}.algorithm.container_arguments`,
      `${job}.algorithm.training_image_config`
    ]
  };
}

/** Everything that a section shows. */
export function fieldsOf(section: IFormSection): string[] {
  return [...section.fields, ...section.more, ...(section.within ?? [])];
}

/** The id of the field at a path. */
export function idOf(path: string): string {
  return path.replace(/\[\d+\]/g, '');
}

/** The ways to say what runs; exactly one of them is given. */
export const ALGORITHM_KINDS = [
  'framework',
  'builtin',
  'training_image',
  'algorithm_name'
] as const;

export type AlgorithmKind = (typeof ALGORITHM_KINDS)[number];

/** Members of a job that go with some of the ways to say what runs only. */
export const GOES_WITH: Readonly<Record<string, readonly AlgorithmKind[]>> = {
  source_code: ['framework', 'training_image'],
  distribution: ['framework', 'training_image'],
  'algorithm.container_entrypoint': ['training_image'],
  'algorithm.container_arguments': ['training_image'],
  'algorithm.training_image_config': ['training_image']
};

/** Members of a list's items that are shown at once; the others stand behind "More". */
export const ITEM_BASICS: Record<string, readonly string[]> = {
  input_data_config: ['channel_name', 's3_uri', 'content_type']
};

/** Ids of the fields that sections show; those in the algorithm's own control are among them. */
function placedBy(sections: readonly IFormSection[], job: string): ReadonlySet<string> {
  return new Set(
    [...sections.flatMap(fieldsOf), ...ALGORITHM_KINDS.map(kind => `${job}.algorithm.${kind}`)].map(
      idOf
    )
  );
}

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
  return field.id.endsWith('spec.algorithm');
}
