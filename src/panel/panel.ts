import type { ITranslator } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';
import { AccordionPanel } from '@lumino/widgets';
import type { IPanelSection, IRunningSource, ISmext, ISmextPanel } from '../tokens';
import { PanelHeader } from './header';
import { sagemakerIcon } from './icon';

/** Sections that are open before a person folded anything. */
const OPEN_AT_FIRST = 2;

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
    const later = this._sections.splice(index);
    // The accordion appends titles to the page in the order of insertion, and Tab walks through the page.
    later.forEach(each => (each.widget.parent = null));
    for (const each of [section, ...later]) {
      this._sections.push(each);
      this.addWidget(each.widget);
    }
    this._foldLater();
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
    this._smext.problemChanged.disconnect(this._showOrHideSections, this);
    super.dispose();
  }

  /** The sidebar has room for two lists; JupyterLab then remembers what the person folds and opens. */
  private _foldLater(): void {
    const { content } = this;
    if (content instanceof AccordionPanel) {
      this._sections.forEach((_, index) => {
        if (index < OPEN_AT_FIRST) {
          content.expand(index);
        } else {
          content.collapse(index);
        }
      });
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
}
