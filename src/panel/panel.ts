import type { ITranslator } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';
import { type Message, MessageLoop } from '@lumino/messaging';
import { AccordionPanel, Widget } from '@lumino/widgets';
import type { IPanelSection, IRunningSource, ISmext, ISmextPanel } from '../tokens';
import { PanelHeader } from './header';
import { sagemakerIcon } from './icon';

/** Sections up to this rank are open before a person folded anything: the sidebar has room for two lists. */
const OPEN_AT_FIRST = 20;

/** The sidebar panel: a header, and the sections of the rooms as an accordion. JupyterLab remembers what is folded. */
export class SmextPanel extends SidePanel implements ISmextPanel {
  constructor(options: { smext: ISmext; translator: ITranslator; activate: (id: string) => void }) {
    super({ translator: options.translator });
    const trans = options.translator.load('jupyter_smext');
    this.id = 'jp-smext-panel';
    this.addClass('jp-smext-Panel');
    this.title.icon = sagemakerIcon;
    this.title.caption = trans.__('Amazon SageMaker');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Amazon SageMaker'));

    this._activate = options.activate;
    this._smext = options.smext;
    this._panelHeader = new PanelHeader({
      smext: options.smext,
      trans,
      reveal: section => this.reveal(section)
    });
    this.header.addWidget(this._panelHeader);
    this._smext.problemChanged.connect(this._showOrHideSections, this);
  }

  addSection(section: IPanelSection): void {
    const index = this._sections.filter(each => each.rank <= section.rank).length;
    const later = this._sections
      .splice(index)
      .map(each => ({ each, folded: each.widget.isHidden }));
    // The accordion appends titles to the page in the order of insertion, and Tab walks through the page.
    later.forEach(({ each }) => (each.widget.parent = null));
    this._append(section, section.rank > OPEN_AT_FIRST);
    later.forEach(({ each, folded }) => this._append(each, folded));
    this._sections.push(section, ...later.map(({ each }) => each));
  }

  reveal(id: string): void {
    this._activate(this.id);
    const index = this._sections.findIndex(each => each.id === id);
    if (index >= 0 && this.content instanceof AccordionPanel) {
      this.content.expand(index);
      this._sections[index].widget.activate();
    }
  }

  addRunning(source: IRunningSource): void {
    this._panelHeader.addRunning(source);
  }

  dispose(): void {
    this._headerSize.disconnect();
    this._smext.problemChanged.disconnect(this._showOrHideSections, this);
    super.dispose();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._headerSize.observe(this.header.node);
  }

  protected onBeforeDetach(msg: Message): void {
    this._headerSize.disconnect();
    super.onBeforeDetach(msg);
  }

  private _append({ widget }: IPanelSection, folded: boolean): void {
    const index = this.content.widgets.length;
    // The title of a section that is added hidden says it is open, before JupyterLab 4.5.
    widget.show();
    this.addWidget(widget);
    if (folded && this.content instanceof AccordionPanel) {
      this.content.collapse(index);
    }
  }

  /** Without its server part no section could show anything but the same error. */
  private _showOrHideSections(): void {
    this.content.setHidden(this._smext.problem !== null);
  }

  private readonly _activate: (id: string) => void;
  private readonly _smext: ISmext;
  private readonly _panelHeader: PanelHeader;
  private readonly _sections: IPanelSection[] = [];
  /** A header that grows takes room from the accordion, which lays itself out again only when it is told. */
  private readonly _headerSize = new ResizeObserver(() => {
    if (this.isAttached) {
      MessageLoop.postMessage(this.content, Widget.ResizeMessage.UnknownSize);
    }
  });
}
