import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { bucketIcon } from '../icons';
import { parsePointer, PointerView } from './pointerView';

const EXTENSION = '.offloaded';

export interface IPointerActions {
  restore(path: string): void;
  show(uri: string): void;
}

/** Opens a pointer to an offloaded file: with what it says, and with the button that brings the file back. */
export class PointerFactory extends ABCWidgetFactory<DocumentWidget> {
  constructor(
    private readonly _actions: IPointerActions,
    private readonly _trans: TranslationBundle
  ) {
    super({
      name: 'Offloaded File',
      label: _trans.__('Offloaded File'),
      fileTypes: [POINTER_TYPE],
      defaultFor: [POINTER_TYPE],
      readOnly: true
    });
  }

  protected createNewWidget(context: DocumentRegistry.Context): DocumentWidget {
    return new DocumentWidget({
      context,
      content: new Pointer(context, this._actions, this._trans)
    });
  }
}

export const POINTER_TYPE = 'offloaded';

/** The file type of pointers. */
export function pointerType(trans: TranslationBundle): Partial<DocumentRegistry.IFileType> {
  return {
    name: POINTER_TYPE,
    displayName: trans.__('Offloaded file'),
    extensions: [EXTENSION],
    fileFormat: 'text',
    icon: bucketIcon
  };
}

class Pointer extends ReactWidget {
  constructor(
    private readonly _context: DocumentRegistry.Context,
    private readonly _actions: IPointerActions,
    private readonly _trans: TranslationBundle
  ) {
    super();
    void _context.ready.then(() => this.update());
  }

  protected render(): React.ReactElement | null {
    const { _context: context, _actions: actions } = this;
    if (!context.isReady) {
      return null;
    }
    return (
      <PointerView
        pointer={parsePointer(context.model.toString())}
        name={context.localPath.slice(0, -EXTENSION.length)}
        onRestore={() => actions.restore(context.localPath)}
        onShow={uri => actions.show(uri)}
        trans={this._trans}
      />
    );
  }
}
