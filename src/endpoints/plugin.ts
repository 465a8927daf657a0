import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISmext } from '../tokens';

export const endpointsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:endpoints',
  description: 'Adds the list of endpoints and the tab of one endpoint.',
  autoStart: true,
  requires: [ISmext],
  activate: (_app: JupyterFrontEnd, _smext: ISmext): void => undefined
};
