import { LabIcon } from '@jupyterlab/ui-components';
import svg from '../../../style/icons/tuning.svg';

/** A tuning job: attempts, and the best of them. */
export const tuningIcon = new LabIcon({ name: 'jupyter-smext:tuning', svgstr: svg });
