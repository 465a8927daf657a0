import { LabIcon } from '@jupyterlab/ui-components';
import svg from '../../style/icons/endpoint.svg';

/** An endpoint: a plug that others connect to. */
export const endpointIcon = new LabIcon({ name: 'jupyter-smext:endpoint', svgstr: svg });
