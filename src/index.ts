import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { corePlugin } from './core/plugin';
import { endpointsPlugin } from './endpoints/plugin';
import { estimatorsPlugin } from './estimators/plugin';
import { jobsPlugin } from './jobs/plugin';
import { panelPlugin } from './panel/plugin';
import { tasksPlugin } from './tasks/plugin';

export * from './tokens';

/** Each of them can be switched off by itself: `jupyter labextension disable jupyter-smext:<name>`. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  corePlugin,
  panelPlugin,
  tasksPlugin,
  estimatorsPlugin,
  jobsPlugin,
  endpointsPlugin
];

export default plugins;
