import { LabIcon } from '@jupyterlab/ui-components';
import svg from '../../style/icons/bucket.svg';

export const bucketIcon = new LabIcon({ name: 'jupyter-smext:bucket', svgstr: svg });
