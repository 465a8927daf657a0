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
    this._smext.adminPolicy.changed.connect(this._arrange, this);
  }

  addSection(section: IPanelSection): void {
    const index = this._sections.filter(each => each.rank <= section.rank).length;
    this._sections.splice(index, 0, section);
    section.widget.setHidden(section.rank > OPEN_AT_FIRST);
    this._arrange();
  }

  reveal(id: string): void {
    this._activate(this.id);
    const widget = this._sections.find(each => each.id === id)?.widget;
    if (widget?.parent && this.content instanceof AccordionPanel) {
      this.content.expand(this.content.widgets.indexOf(widget));
      widget.activate();
    }
  }

  addRunning(source: IRunningSource): void {
    this._panelHeader.addRunning(source);
  }

  dispose(): void {
    this._headerSize.disconnect();
    this._smext.problemChanged.disconnect(this._showOrHideSections, this);
    this._smext.adminPolicy.changed.disconnect(this._arrange, this);
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

  /** Show the sections that are not switched off, by rank. */
  private _arrange(): void {
    const off: readonly string[] = this._smext.adminPolicy.value?.policy?.sections_off ?? [];
    const wanted = this._sections
      .filter(({ part }) => !part || !off.includes(part))
      .map(each => each.widget);
    const shown = [...this.content.widgets];
    const first = wanted.findIndex((each, index) => each !== shown[index]);
    const from = first < 0 ? wanted.length : first;
    // The accordion appends titles to the page in the order of insertion, and Tab walks through the page.
    const folded = new Set(wanted.filter(each => each.isHidden));
    shown.slice(from).forEach(each => (each.parent = null));
    wanted.slice(from).forEach(each => this._append(each, folded.has(each)));
  }

  private _append(widget: Widget, folded: boolean): void {
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
