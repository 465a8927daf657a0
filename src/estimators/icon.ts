import { LabIcon } from '@jupyterlab/ui-components';
import svg from '../../style/icons/estimator.svg';

/** An Estimator: knobs that are set before a run. */
export const estimatorIcon = new LabIcon({ name: 'jupyter-smext:estimator', svgstr: svg });
