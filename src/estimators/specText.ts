// This module is part of a chunk that is fetched with the first document.
// eslint-disable-next-line jupyter/prefer-lazy-imports
import {
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parse,
  parseDocument,
  stringify,
  type Document,
  type Pair,
  type Scalar,
  type ToStringOptions,
  type YAMLMap
} from 'yaml';
import type { SpecValues } from './service';

/** Where something stands in a spec: `['spec', 'input_data_config', 0]`. */
export type Path = readonly (string | number)[];

/** A path as the server writes it. A key that holds a dot or a bracket cannot be told from several keys. */
export function parsePath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? key : Number(index)
  );
}

/** The path as the server writes it: `spec.input_data_config[0]`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part,
    ''
  );
}

/** Why a text cannot be read. Line and column count from 1. */
export interface ISyntaxProblem {
  message: string;
  line: number;
  column: number;
}

/** The keys of the map at `path` in the order in which a person expects them; null: no order. */
export type KeyOrder = (path: Path) => readonly string[] | null;

/**
 * One text of a spec: its values, and the same text with one value changed.
 *
 * Edits are made in YAML's own document, so that comments and everything else stay as they were written.
 */
export class SpecText {
  /** Empty: the text can be read. */
  readonly problems: ISyntaxProblem[];
  /** The values as written; null where the text is no map of keys and values. */
  readonly values: SpecValues | null;

  constructor(readonly text: string) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    this.problems = document.errors.map(error => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { message: error.message, line, column: col };
    });
    const empty = document.contents === null;
    if (!this.problems.length && !empty && !isMap(document.contents)) {
      this.problems.push({ message: 'A spec is a map of keys and values.', line: 1, column: 1 });
    }
    this.values = this.problems.length ? null : empty ? {} : (document.toJS() as SpecValues);
  }

  get(path: Path): unknown {
    return path.reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null
          ? (value as Record<string | number, unknown>)[part]
          : undefined,
      this.values
    );
  }

  /** The text with `value` at `path`; what lies between is made where it is missing. */
  set(path: Path, value: unknown, order: KeyOrder = () => null): string {
    return this._edit(document => {
      for (let depth = 0; depth < path.length; depth++) {
        const parent = path.slice(0, depth);
        const node = depth ? document.getIn(parent, true) : document.contents;
        if (isCollection(node)) {
          // An empty one can only be written as {} or [], which says nothing about how the writer likes it.
          node.flow = node.items.length > 0 && node.flow;
        } else {
          const collection = document.createNode(typeof path[depth] === 'number' ? [] : {});
          collection.flow = false;
          if (depth) {
            put(document, parent, collection, order);
          } else {
            document.contents = collection;
          }
        }
      }
      const old = document.getIn(path, true);
      const node = document.createNode(value);
      if (isScalar(old) && isScalar(node)) {
        node.comment = old.comment;
        node.commentBefore = old.commentBefore;
        node.spaceBefore = old.spaceBefore;
        if (typeof value === 'string' && chosenStyle(old)) {
          node.type = old.type;
        }
      }
      put(document, path, node, order);
    });
  }

  /**
   * The text without what stands at `path`.
   *
   * Maps and lists that are empty then go too, as long as `removable` says so.
   */
  remove(path: Path, removable: (path: Path) => boolean = () => false): string {
    return this._edit(document => {
      document.deleteIn(path);
      for (let parent = path.slice(0, -1); parent.length; parent = parent.slice(0, -1)) {
        const node = document.getIn(parent, true);
        if (!isCollection(node) || node.items.length || !removable(parent)) {
          break;
        }
        document.deleteIn(parent);
      }
    });
  }

  /** The text with the key at `path` named otherwise; its value, place and comments stay. */
  rename(path: Path, key: string): string {
    return this._edit(document => {
      const parent = path.slice(0, -1);
      const map = parent.length ? document.getIn(parent, true) : document.contents;
      const pair = isMap(map)
        ? map.items.find(
            each => String(isScalar(each.key) ? each.key.value : each.key) === path[path.length - 1]
          )
        : undefined;
      if (pair && isScalar(pair.key)) {
        pair.key.value = key;
      }
    });
  }

  private _edit(change: (document: Document) => void): string {
    const document = parseDocument(this.text) as unknown as Document;
    change(document);
    return document.toString(style(this.text));
  }
}

/** What a person means by a text in the place of a value: `6` is a number, `"6"` is text. */
export function readScalar(text: string): unknown {
  try {
    return parse(text) ?? text;
  } catch {
    return text;
  }
}

/** The text that means a value. */
export function writeScalar(value: unknown): string {
  return typeof value === 'string' && readScalar(value) === value ? value : JSON.stringify(value);
}

/** Set a node; a new key takes its place in the order of its map instead of the end. */
function put(document: Document, path: Path, node: unknown, order: KeyOrder): void {
  const isNew = !document.hasIn(path);
  document.setIn(path, node);
  const parent = path.slice(0, -1);
  const map = parent.length ? document.getIn(parent, true) : document.contents;
  const keys = order(parent);
  if (!isNew || !isMap(map) || !keys) {
    return;
  }
  const rank = (pair: Pair) => {
    const key = isScalar(pair.key) ? pair.key.value : pair.key;
    const index = keys.indexOf(String(key));
    return index < 0 ? keys.length : index;
  };
  const items = (map as YAMLMap).items as Pair[];
  const added = items[items.length - 1];
  const place = items.findIndex(each => rank(each) > rank(added));
  if (place >= 0 && place < items.length - 1) {
    items.pop();
    items.splice(place, 0, added);
  }
}

/** Whether a text could have been written plainly, and was not: then its writer likes it so. */
function chosenStyle({ type, value }: Scalar): boolean {
  return (
    typeof value === 'string' &&
    (type?.startsWith('BLOCK') || stringify(value, { lineWidth: 0 }).trimEnd() === value)
  );
}

/** Write as the text was written, so that an edit touches its own line only. */
function style(text: string): ToStringOptions {
  const nested = /^[^\s#-][^\n#]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( +)[^\s-]/m.exec(
    text
  );
  return {
    lineWidth: 0,
    singleQuote: true,
    indent: nested ? nested[1].length : 2,
    indentSeq: !/^( *)[^\s#-][^\n#]*:[ \t]*\n\1- /m.test(text),
    flowCollectionPadding: !/[:\-,] *\{[^\s}]/.test(text)
  };
}
