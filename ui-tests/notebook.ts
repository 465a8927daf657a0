import type { Locator } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Lab } from './lab';

/** A notebook that is open in JupyterLab. */
export class OpenNotebook {
  constructor(
    private readonly _lab: Lab,
    /** In the file browser. */
    readonly path: string
  ) {
    this.panel = _lab.page.locator('.jp-NotebookPanel:visible');
  }

  readonly panel: Locator;

  /** A cell; JupyterLab 4.4 has only those in the page that are on the screen, or nearly. */
  cell(index: number): Locator {
    return this.panel.locator(`.jp-Cell[data-windowed-list-index="${index}"]`);
  }

  /** Scroll to a cell, wherever it is. */
  async show(index: number): Promise<Locator> {
    const cell = this.cell(index);
    await expect(async () => {
      await this._lab.page.evaluate(
        number => (window as any).jupyterapp.shell.currentWidget.content.scrollToItem(number),
        index
      );
      await expect(cell).toBeInViewport({ timeout: 1000 });
    }).toPass();
    return cell;
  }

  output(index: number): Locator {
    return this.cell(index).locator('.jp-OutputArea-output');
  }

  async open(): Promise<void> {
    await this._lab.execute('docmanager:open', { path: this.path, factory: 'Notebook' });
    await expect(this.panel.locator('.jp-Cell').first()).toBeVisible();
    await this._lab.page.evaluate(async () => {
      const { sessionContext } = (window as any).jupyterapp.shell.currentWidget;
      await sessionContext.ready;
      await sessionContext.session.kernel.info;
    });
  }

  async runAll(): Promise<void> {
    await this._lab.execute('notebook:run-all-cells');
  }

  /** Run Python that no cell has; answers what it prints. */
  async python(code: string): Promise<string> {
    return this._lab.page.evaluate(async source => {
      const { kernel } = (window as any).jupyterapp.shell.currentWidget.sessionContext.session;
      const future = kernel.requestExecute({ code: source, store_history: false });
      let text = '';
      future.onIOPub = ({ header, content }: any) => {
        text += header.msg_type === 'stream' ? content.text : '';
        text += header.msg_type === 'error' ? content.traceback.join('\n') : '';
      };
      await future.done;
      return text.trim();
    }, code);
  }

  async restartKernel(): Promise<void> {
    await this._lab.page.evaluate(async () => {
      const { kernel } = (window as any).jupyterapp.shell.currentWidget.sessionContext.session;
      await kernel.restart();
      await kernel.info;
    });
  }

  async save(): Promise<any> {
    await this._lab.execute('docmanager:save');
    return JSON.parse(readFileSync(join(this._lab.server.root, this.path), 'utf-8'));
  }
}

/** Write a notebook with these cells of code into a folder of the file browser, and open it. */
export async function openNotebook(
  lab: Lab,
  cells: readonly string[],
  folder = ''
): Promise<OpenNotebook> {
  const path = join(folder, `test-${randomUUID().slice(0, 8)}.ipynb`);
  const notebook = {
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      id: `cell-${index}`,
      source,
      metadata: {},
      execution_count: null,
      outputs: []
    })),
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: 5
  };
  writeFileSync(join(lab.server.root, path), JSON.stringify(notebook));
  const opened = new OpenNotebook(lab, path);
  await opened.open();
  return opened;
}
