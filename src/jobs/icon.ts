import { LabIcon } from '@jupyterlab/ui-components';
import svg from '../../style/icons/job.svg';

/** A training job: a curve that falls and rises. */
export const jobIcon = new LabIcon({ name: 'jupyter-smext:job', svgstr: svg });
