import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISmext } from '../tokens';

export const estimatorsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:estimators',
  description: 'Adds the Estimator form of `*.sagemaker.yaml` documents.',
  autoStart: true,
  requires: [ISmext],
  activate: (_app: JupyterFrontEnd, _smext: ISmext): void => undefined
};
