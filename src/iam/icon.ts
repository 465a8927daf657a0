import { LabIcon } from '@jupyterlab/ui-components';
import svg from '../../style/icons/iam.svg';

/** Permissions: a shield with a keyhole. */
export const iamIcon = new LabIcon({ name: 'jupyter-smext:iam', svgstr: svg });
