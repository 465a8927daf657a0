import { CommandToolbarButton, type LabIcon, PanelWithToolbar } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import type { Widget } from '@lumino/widgets';

/** A section of the panel: a title with buttons, and one widget below it, which is only kept up to date while it shows. */
export class Section extends PanelWithToolbar {
  constructor(options: Section.IOptions) {
    super();
    const { commands } = options;
    this.id = options.id;
    this.addClass('jp-smext-Section');
    this.addClass(options.className);
    this.title.label = options.label;
    for (const { id, icon } of options.tools) {
      this.toolbar.addItem(id, new CommandToolbarButton({ commands, id, icon, label: '' }));
    }
    this._onShow = options.onShow;
    this._focus = options.focus;
    options.content.addClass('jp-smext-SectionContent');
    this.addWidget(options.content);
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._onShow();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      this._onShow();
    }
  }

  protected onActivateRequest(): void {
    this.node.querySelector<HTMLElement>(this._focus)?.focus();
  }

  private readonly _onShow: () => void;
  private readonly _focus: string;
}

export namespace Section {
  export interface IOptions {
    id: string;
    className: string;
    label: string;
    commands: CommandRegistry;
    /** Commands with a button beside the title. */
    tools: readonly { id: string; icon?: LabIcon }[];
    content: Widget;
    /** Selector of the element that takes the keyboard. */
    focus: string;
    /** The section can be seen from now on. */
    onShow: () => void;
  }
}

/**
 * What a command is about: what its arguments name, else what is selected in the section that has the keyboard, else
 * what the current tab shows, else what is selected in the section.
 */
export function subjectOf(
  named: unknown,
  section: { node: HTMLElement; selected: readonly string[] },
  shown: string | null
): string | null {
  if (typeof named === 'string') {
    return named;
  }
  const selected = section.selected.length === 1 ? section.selected[0] : null;
  return section.node.contains(document.activeElement) ? (selected ?? shown) : (shown ?? selected);
}
