import { LabIcon } from '@jupyterlab/ui-components';
import svg from '../../style/icons/studio.svg';

/** Studio: a screen with panes. */
export const studioIcon = new LabIcon({ name: 'jupyter-smext:studio', svgstr: svg });
