import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { ISmext } from '../../tokens';
import type { LiveWidgets } from './liveWidgets';

/** What the widgets of all notebooks stand on. */
export interface IWidgetContext {
  readonly smext: ISmext;
  readonly commands: CommandRegistry;
  readonly docRegistry: DocumentRegistry;
  readonly live: LiveWidgets;
  readonly trans: TranslationBundle;
}

/** The traits of one widget, which Python sees. */
export interface ITraits {
  /** Path of the notebook in the file browser; empty where it is not known. */
  readonly notebook: string;
  get<T>(name: string): T;
  /** Set some and tell Python; what is equal already is not told. */
  set(values: Readonly<Record<string, unknown>>): void;
  /** Have `slot` called when Python or anybody else has changed one of them; answers what ends that. */
  onChange(names: readonly string[], slot: () => void): () => void;
}

/** What a widget shows, shared by all its views. */
export interface IContent {
  /** An element of React, rendered once for each view. */
  view(): React.ReactElement;
  /** Whether anybody can see one of the views; nothing is asked for otherwise. */
  set active(active: boolean);
  dispose(): void;
}

export type ContentFactory = (traits: ITraits, context: IWidgetContext) => IContent;

/** Render again whenever one of these traits changes. */
export function useTraits(traits: ITraits, names: readonly string[]): void {
  const [, setVersion] = React.useState(0);
  React.useEffect(
    () => traits.onChange(names, () => setVersion(version => version + 1)),
    [traits, ...names]
  );
}
