import type { JSONSchema7, JSONSchema7Definition } from 'json-schema';
import type { KeyOrder, Path } from './specText';

/** How a value is edited; `any` is whatever its text means as YAML. */
export type FieldKind =
  | 'text'
  | 'any'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'constant'
  | 'map'
  | 'list'
  | 'object';

/** One member of the spec, as the form needs to know it. */
export interface IField {
  readonly key: string;
  /** Dotted, without list indexes: `spec.input_data_config.s3_uri`. */
  readonly id: string;
  readonly kind: FieldKind;
  readonly title: string;
  readonly description: string;
  /** The member must be given. */
  readonly required: boolean;
  /** What AWS or we take where it is left out; undefined or null: nothing. */
  readonly default: unknown;
  /** Of a choice. */
  readonly choices: readonly string[];
  /** Of a number. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of an object, in the order in which they are written. */
  readonly members: readonly IField[];
  /** Of a list: its items; of a map: its values. */
  readonly item?: IField;
}

/** Read the JSON Schema of the spec into fields; `$ref` is followed and "or null" dropped. */
export function readSchema(schema: JSONSchema7): IField {
  return read(schema, '', '', true, schema.$defs ?? {});
}

/** The field at a path, or null where the schema knows none. */
export function fieldAt(root: IField, path: Path): IField | null {
  let field: IField | null | undefined = root;
  for (const part of path) {
    field =
      typeof part === 'number' || field?.kind === 'map'
        ? field?.item
        : field?.members.find(member => member.key === part);
  }
  return field ?? null;
}

/** Ids of the fields that hold all words in their names or description, with what stands around and in them. */
export function searchFields(root: IField, words: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (field: IField, around: boolean): boolean => {
    const text = `${field.title} ${field.key} ${field.description}`.toLowerCase();
    // The root is around everything and says nothing about it.
    const matches = around || (field.id !== '' && words.every(word => text.includes(word)));
    const inside = [...field.members, ...(field.item?.members ?? [])].map(member =>
      walk(member, matches)
    );
    if (matches || inside.includes(true)) {
      found.add(field.id);
      return true;
    }
    return false;
  };
  walk(root, false);
  return found;
}

/** The order of keys that the schema gives. */
export function keyOrder(root: IField): KeyOrder {
  return path => {
    const field = fieldAt(root, path);
    return field?.kind === 'object' ? field.members.map(member => member.key) : null;
  };
}

type Definitions = Record<string, JSONSchema7Definition>;

function read(
  given: JSONSchema7,
  key: string,
  id: string,
  required: boolean,
  definitions: Definitions
): IField {
  const schema = resolve(given, definitions);
  const kind = kindOf(schema);
  const mandatory = new Set(schema.required ?? []);
  return {
    key,
    id,
    kind,
    title: schema.title ?? key,
    description: schema.description ?? '',
    required,
    default: schema.default,
    choices: (schema.enum ?? []).map(String),
    minimum: schema.minimum,
    maximum: schema.maximum,
    members:
      kind === 'object'
        ? Object.entries(schema.properties ?? {}).map(([name, member]) =>
            read(
              member as JSONSchema7,
              name,
              id ? `${id}.${name}` : name,
              mandatory.has(name),
              definitions
            )
          )
        : [],
    item:
      kind === 'list' || kind === 'map'
        ? read(
            asSchema(kind === 'list' ? schema.items : schema.additionalProperties),
            key,
            id,
            true,
            definitions
          )
        : undefined
  };
}

/** Follow `$ref` and unwrap `anyOf: [X, null]`; what stands beside them wins over what they bring. */
function resolve(schema: JSONSchema7, definitions: Definitions): JSONSchema7 {
  if (schema.$ref) {
    const { $ref, ...rest } = schema;
    const target = definitions[$ref.replace('#/$defs/', '')] as JSONSchema7;
    return { ...resolve(target, definitions), ...rest };
  }
  const choices = (schema.anyOf ?? schema.allOf) as JSONSchema7[] | undefined;
  const real = choices?.filter(choice => choice.type !== 'null');
  if (real?.length === 1) {
    return { ...resolve(real[0], definitions), ...schema, anyOf: undefined, allOf: undefined };
  }
  return schema;
}

function kindOf(schema: JSONSchema7): FieldKind {
  if (schema.const !== undefined) {
    return 'constant';
  }
  if (schema.enum) {
    return 'choice';
  }
  switch (schema.type) {
    case 'object':
      return schema.properties ? 'object' : 'map';
    case 'array':
      return 'list';
    case 'integer':
    case 'number':
    case 'boolean':
      return schema.type;
    case 'string':
      return 'text';
    default:
      return 'any';
  }
}

/** What says nothing about its values lets any through. */
function asSchema(schema: JSONSchema7['items'] | JSONSchema7['additionalProperties']): JSONSchema7 {
  return typeof schema === 'object' && !Array.isArray(schema) ? schema : {};
}
