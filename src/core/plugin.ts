import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ApiClient, type SmextError } from '../api/client';
import { ISmext } from '../tokens';
import { returnFocusFromMenu } from './menuFocus';
import { Smext } from './smext';

export const corePlugin: JupyterFrontEndPlugin<ISmext> = {
  id: 'jupyter-smext:core',
  description:
    'Provides the client of the SageMaker server extension, its events and the AWS identity.',
  autoStart: true,
  provides: ISmext,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null): ISmext => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { events, serverSettings } = app.serviceManager;
    const smext = new Smext(new ApiClient(serverSettings), events);

    let told = false;
    const tell = (_: ISmext, problem: SmextError | null): void => {
      if (problem && !told) {
        told = true;
        Notification.error(
          trans.__('Amazon SageMaker is not available. %1', problem.envelope.message),
          { autoClose: false }
        );
      }
    };
    smext.problemChanged.connect(tell);
    returnFocusFromMenu(app.contextMenu);
    void app.restored.then(() => smext.check());
    return smext;
  }
};
