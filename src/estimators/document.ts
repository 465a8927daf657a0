import { ABCWidgetFactory, DocumentWidget, type DocumentRegistry } from '@jupyterlab/docregistry';
import { Panel } from '@lumino/widgets';
import type { EstimatorEditor } from './editor';

/** The name of the factory in "Open With". */
export const FACTORY = 'Estimator';

export const FILE_TYPE = 'sagemaker-estimator';

export const EXTENSION = '.sagemaker.yaml';

type Context = DocumentRegistry.IContext<DocumentRegistry.ICodeModel>;

/** What the editor of a document needs beside the document. */
export type EditorOptions = (
  context: Context,
  widget: EstimatorDocument
) => EstimatorEditor.IOptions;

/** A `*.sagemaker.yaml` file as a form. */
export class EstimatorDocument extends DocumentWidget<Panel, DocumentRegistry.ICodeModel> {
  /** Null until the form is there. */
  get editor(): EstimatorEditor | null {
    return (this.content.widgets[0] as EstimatorEditor | undefined) ?? null;
  }
}

export class EstimatorFactory extends ABCWidgetFactory<
  EstimatorDocument,
  DocumentRegistry.ICodeModel
> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<EstimatorDocument>,
    private readonly _editorOptions: EditorOptions
  ) {
    super(options);
  }

  protected createNewWidget(context: Context): EstimatorDocument {
    const content = new Panel();
    content.addClass('jp-smext-Estimator');
    const widget = new EstimatorDocument({ content, context });
    void this._fill(widget);
    return widget;
  }

  /** The form and its YAML library are fetched when the first document is opened. */
  private async _fill(widget: EstimatorDocument): Promise<void> {
    const [{ EstimatorEditor }] = await Promise.all([import('./editor'), widget.context.ready]);
    if (!widget.isDisposed) {
      widget.content.addWidget(new EstimatorEditor(this._editorOptions(widget.context, widget)));
    }
  }
}
