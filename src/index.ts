import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { corePlugin } from './core/plugin';
import { endpointsPlugin } from './endpoints/plugin';
import { estimatorsPlugin } from './estimators/plugin';
import { iamPlugin } from './iam/plugin';
import { jobsPlugin } from './jobs/plugin';
import { tuningPlugin } from './jobs/tuning/plugin';
import { notebookHelpPlugin } from './notebook/explain/plugin';
import { notebookTrainPlugin } from './notebook/train/plugin';
import { widgetsPlugin } from './notebook/widgets/plugin';
import { panelPlugin } from './panel/plugin';
import { s3Plugin } from './s3/plugin';
import { studioPlugin } from './studio/plugin';
import { tasksPlugin } from './tasks/plugin';

export * from './tokens';

/** Each of them can be switched off by itself: `jupyter labextension disable jupyter-smext:<name>`. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  corePlugin,
  panelPlugin,
  tasksPlugin,
  s3Plugin,
  estimatorsPlugin,
  jobsPlugin,
  tuningPlugin,
  endpointsPlugin,
  iamPlugin,
  studioPlugin,
  widgetsPlugin,
  notebookHelpPlugin,
  notebookTrainPlugin
];

export default plugins;
