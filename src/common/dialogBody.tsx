import { ReactWidget } from '@jupyterlab/ui-components';
import { Panel, type Widget } from '@lumino/widgets';
import type * as React from 'react';

/**
 * React elements as the body of a dialog whose button takes the keyboard at once.
 *
 * Where the body itself is React, JupyterLab gives the keyboard to the dialog in an idle moment only. A busy page has
 * none for seconds, and what is typed until then goes to what lies behind the dialog.
 */
export function dialogBody(content: React.ReactElement): Widget {
  const body = new Panel();
  body.addWidget(ReactWidget.create(content));
  return body;
}
