import { nullTranslator } from '@jupyterlab/translation';
import type { JSONSchema7 } from 'json-schema';
import { fieldsOf, formSections, idOf } from '../layout';
import { fieldAt, type IField, readSchema } from '../specSchema';

const text: JSONSchema7 = { type: 'string' };

const JOB: JSONSchema7 = {
  type: 'object',
  properties: {
    algorithm: {
      type: 'object',
      properties: { builtin: text, training_input_mode: text, container_arguments: text }
    },
    source_code: {
      type: 'object',
      properties: { source_dir: text, entry_script: text, requirements: text, other: text }
    },
    hyperparameters: { type: 'object', additionalProperties: {} },
    compute: { type: 'object', properties: { instance_type: text, volume_size_in_gb: text } },
    networking: { type: 'object', properties: { subnets: text } }
  }
};

const RANGES: JSONSchema7 = {
  type: 'object',
  properties: { continuous: { type: 'object' }, auto: { type: 'object' } }
};

const ROOT = readSchema({
  type: 'object',
  properties: {
    spec: JOB,
    tuning: {
      type: 'object',
      properties: {
        strategy: text,
        definition_name: text,
        parameter_ranges: RANGES,
        definitions: {
          type: 'array',
          items: {
            type: 'object',
            properties: { definition_name: text, spec: JOB, parameter_ranges: RANGES }
          }
        }
      }
    }
  }
});

const sectionsWith = (...names: string[]) =>
  formSections(ROOT, names, nullTranslator.load('jupyter_smext'));

/** Ids of the single values below a field that no section shows. */
function missing(field: IField, shown: ReadonlySet<string>): string[] {
  if (shown.has(field.id) || field.id.endsWith('algorithm.builtin')) {
    return [];
  }
  return field.members.length
    ? field.members.flatMap(member => missing(member, shown))
    : [field.id];
}

describe('formSections', () => {
  it('gives every other job of a tuning a section of its own, whole', () => {
    const sections = sectionsWith('first-more', '').filter(({ id }) => id.startsWith('definition'));
    expect(sections.map(({ title }) => title)).toEqual(['Training job first-more', 'Training job']);
    const second = fieldsOf(sections[1]);
    expect(second.filter(path => !path.startsWith('tuning.definitions[1].'))).toEqual([]);
    const item = fieldAt(ROOT, ['tuning', 'definitions', 1]) as IField;
    expect(missing(item, new Set(second.map(idOf)))).toEqual([]);
    expect(sections[1].job).toEqual({
      spec: ['tuning', 'definitions', 1, 'spec'],
      tuning: ['tuning', 'definitions', 1]
    });
  });

  it('shows a field once', () => {
    const ids = sectionsWith().flatMap(({ fields, more }) => [...fields, ...more]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids).toContain('spec.source_code.other');
    expect(ids).toContain('spec.networking');
  });

  it('asks for a name of the first job where there are more', () => {
    const basics = (...names: string[]) =>
      sectionsWith(...names).find(({ id }) => id === 'tuning')?.fields ?? [];
    expect(basics()).not.toContain('tuning.definition_name');
    expect(basics('other')).toContain('tuning.definition_name');
  });
});
