import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISmext } from '../tokens';

export const jobsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:jobs',
  description: 'Adds the list of training jobs and the tab of one job.',
  autoStart: true,
  requires: [ISmext],
  activate: (_app: JupyterFrontEnd, _smext: ISmext): void => undefined
};
