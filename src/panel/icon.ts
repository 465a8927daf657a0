import { LabIcon } from '@jupyterlab/ui-components';
import svg from '../../style/icons/sagemaker.svg';

/** The product's own mark: data that flows through a model. It takes the colour of the theme. */
export const sagemakerIcon = new LabIcon({ name: 'jupyter-smext:sagemaker', svgstr: svg });
