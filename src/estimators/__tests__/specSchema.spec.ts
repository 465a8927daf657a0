import { nullTranslator } from '@jupyterlab/translation';
import type { JSONSchema7 } from 'json-schema';
import { formSections } from '../layout';
import { fieldAt, keyOrder, readSchema, searchFields, type IField } from '../specSchema';

const SCHEMA: JSONSchema7 = {
  type: 'object',
  required: ['metadata', 'spec'],
  properties: {
    kind: { const: 'TrainingJob', default: 'TrainingJob', type: 'string' },
    metadata: {
      $ref: '#/$defs/Metadata',
      title: 'Name and tags'
    },
    spec: { $ref: '#/$defs/JobSpec' }
  },
  $defs: {
    Metadata: {
      type: 'object',
      title: 'Metadata',
      required: ['base_job_name'],
      properties: {
        base_job_name: { type: 'string', title: 'Name' },
        tags: { type: 'object', additionalProperties: { type: 'string' } }
      }
    },
    JobSpec: {
      type: 'object',
      properties: {
        hyperparameters: { type: 'object', additionalProperties: {} },
        mode: { anyOf: [{ $ref: '#/$defs/Mode' }, { type: 'null' }], default: null, title: 'Mode' },
        input_data_config: { type: 'array', items: { $ref: '#/$defs/Channel' } },
        ranges: {
          type: 'object',
          additionalProperties: { type: 'object', properties: { from: { type: 'number' } } }
        },
        networking: {
          type: 'object',
          properties: { subnets: { type: 'array', items: { type: 'string' } } }
        }
      }
    },
    Mode: { type: 'string', enum: ['File', 'Pipe'], title: 'InputMode' },
    Channel: {
      type: 'object',
      required: ['channel_name'],
      properties: { channel_name: { type: 'string' }, seed: { type: 'integer', minimum: 1 } }
    }
  }
};

describe('readSchema', () => {
  const root = readSchema(SCHEMA);
  const kind = (...path: (string | number)[]) => fieldAt(root, path)?.kind;

  it('follows references and drops null', () => {
    expect(kind('kind')).toBe('constant');
    expect(kind('metadata')).toBe('object');
    expect(kind('metadata', 'tags')).toBe('map');
    expect(fieldAt(root, ['metadata'])?.title).toBe('Name and tags');
    expect(fieldAt(root, ['metadata', 'base_job_name'])?.required).toBe(true);
    expect(fieldAt(root, ['metadata', 'tags'])?.required).toBe(false);
    const mode = fieldAt(root, ['spec', 'mode']);
    expect([mode?.kind, mode?.title, mode?.choices]).toEqual(['choice', 'Mode', ['File', 'Pipe']]);
  });

  it('knows items of lists and values of maps', () => {
    expect(kind('spec', 'input_data_config', 3, 'seed')).toBe('integer');
    expect(fieldAt(root, ['spec', 'input_data_config', 0, 'seed'])?.minimum).toBe(1);
    expect(kind('spec', 'hyperparameters', 'max-depth')).toBe('any');
    expect(kind('metadata', 'tags', 'project')).toBe('text');
    expect(kind('spec', 'ranges', 'depth', 'from')).toBe('number');
    expect(fieldAt(root, ['spec', 'nothing'])).toBeNull();
  });

  it('gives the order of keys, of objects only', () => {
    const order = keyOrder(root);
    expect(order(['metadata'])).toEqual(['base_job_name', 'tags']);
    expect(order(['spec', 'hyperparameters'])).toBeNull();
  });

  it('finds fields by all words, with what stands around and in them', () => {
    expect([...searchFields(root, ['channel'])].sort()).toEqual([
      '',
      'spec',
      'spec.input_data_config',
      'spec.input_data_config.channel_name'
    ]);
    expect(searchFields(root, ['networking']).has('spec.networking.subnets')).toBe(true);
    expect(searchFields(root, ['seed', 'mode']).size).toBe(0);
  });

  it('leaves no member of the spec out of the form', () => {
    const sections = formSections(root, [], nullTranslator.load('jupyter_smext'));
    const shown = sections.flatMap(section => [...section.fields, ...section.more]);
    const missing: string[] = [];
    const walk = (field: IField) => {
      if (shown.includes(field.id) || field.kind === 'constant') {
        return;
      }
      if (field.kind === 'object') {
        field.members.forEach(walk);
      } else {
        missing.push(field.id);
      }
    };
    walk(root);
    expect(missing).toEqual([]);
    expect(sections[sections.length - 1].fields).toEqual([
      'metadata.tags',
      'spec.mode',
      'spec.ranges',
      'spec.networking'
    ]);
  });
});
