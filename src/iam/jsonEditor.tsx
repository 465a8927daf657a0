import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import * as React from 'react';

/** A place in a text as the server counts: lines and columns from 1. */
export interface IPlace {
  line: number;
  column: number;
}

/** JupyterLab's own editor for a JSON text. */
export function JsonEditor(props: {
  services: IEditorServices;
  text: string;
  label: string;
  onChange: (text: string) => void;
  /** Select what stands here; another object selects again. */
  target?: IPlace | null;
}): JSX.Element {
  const { services, text, label, target } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const editor = React.useRef<CodeEditor.IEditor | null>(null);
  const changed = React.useRef(props.onChange);
  changed.current = props.onChange;

  React.useEffect(() => {
    const model = new CodeEditor.Model({ mimeType: 'application/json' });
    const created = services.factoryService.newDocumentEditor({
      host: host.current!,
      model,
      config: { lineNumbers: true, lineWrap: true, matchBrackets: true, scrollPastEnd: false }
    });
    const onChange = () => changed.current(model.sharedModel.getSource());
    model.sharedModel.changed.connect(onChange);
    editor.current = created;
    return () => {
      model.sharedModel.changed.disconnect(onChange);
      editor.current = null;
      created.dispose();
      model.dispose();
    };
  }, [services]);

  React.useEffect(() => {
    host.current?.querySelector('[role="textbox"]')?.setAttribute('aria-label', label);
  }, [label]);

  React.useEffect(() => {
    const source = editor.current?.model.sharedModel;
    if (source && source.getSource() !== text) {
      source.setSource(text);
    }
  }, [text]);

  React.useEffect(() => {
    if (!target || !editor.current) {
      return;
    }
    const start = { line: target.line - 1, column: target.column - 1 };
    const line = editor.current.getLine(start.line) ?? '';
    const end = { ...start, column: start.column + wordAt(line, start.column).length };
    editor.current.setSelection({ start, end });
    editor.current.revealPosition(start);
    editor.current.focus();
  }, [target]);

  return <div className="jp-smext-JsonEditor" ref={host} />;
}

/** The JSON string, number, word or mark that begins at a column. */
export function wordAt(line: string, column: number): string {
  return /^(?:"(?:[^"\\]|\\.)*"?|[\w.+-]+|.)/.exec(line.slice(column))?.[0] ?? '';
}
