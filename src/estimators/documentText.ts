import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { type ISignal, Signal } from '@lumino/signaling';
import type { ITextSource } from './model';
import type { IDocument } from './session';

type Context = DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;

/** The document of a JupyterLab context. */
export function documentOf(context: Context): IDocument & { dispose(): void } {
  const source = new ContextText(context);
  return {
    source,
    get path() {
      return context.localPath;
    },
    async save() {
      if (context.model.dirty) {
        await context.save();
      }
    },
    dispose: () => source.dispose()
  };
}

/** The text of a context. Edits touch what differs only, so that cursors and undo elsewhere survive. */
class ContextText implements ITextSource {
  constructor(private readonly _context: Context) {
    _context.model.contentChanged.connect(this._onContentChanged, this);
  }

  get text(): string {
    return this._context.model.sharedModel.getSource();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  replace(text: string): void {
    const old = this.text;
    const limit = Math.min(old.length, text.length);
    let start = 0;
    while (start < limit && old[start] === text[start]) {
      start++;
    }
    let end = 0;
    while (end < limit - start && old[old.length - 1 - end] === text[text.length - 1 - end]) {
      end++;
    }
    if (start + end < Math.max(old.length, text.length)) {
      this._context.model.sharedModel.updateSource(
        start,
        old.length - end,
        text.slice(start, text.length - end)
      );
    }
  }

  dispose(): void {
    this._context.model.contentChanged.disconnect(this._onContentChanged, this);
    Signal.clearData(this);
  }

  private _onContentChanged(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
}
