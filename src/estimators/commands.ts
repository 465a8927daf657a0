import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents, KernelSpec } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { editIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { noArguments } from '../common/noArguments';
import { type EstimatorDocument, EXTENSION, FACTORY } from './document';
import { estimatorIcon } from './icon';
import type { EstimatorsService, SpecValues } from './service';
import { newSpec } from './template';

/** Commands of the estimators room. */
export namespace CommandIDs {
  export const create = 'smext:estimator-new';
  export const fromTemplate = 'smext:estimator-from-template';
  export const train = 'smext:estimator-train';
  export const fromJob = 'smext:estimator-from-job';
  export const channel = 'smext:estimator-channel';
  export const text = 'smext:estimator-text';
  export const check = 'smext:estimator-check';
  export const launch = 'smext:estimator-launch';
  export const again = 'smext:estimator-launch-again';
  export const code = 'smext:estimator-code';
}

export interface ICommandsOptions {
  commands: CommandRegistry;
  contents: Contents.IManager;
  service: EstimatorsService;
  trans: TranslationBundle;
  /** The folder that the file browser shows. */
  folder: () => string;
  /** The path of the file that is selected in the file browser; null: none, or several. */
  selectedFile: () => string | null;
  /** The document used last; null: none is open. */
  current: () => EstimatorDocument | null;
  /** Bring a document to the front. */
  show: (document: EstimatorDocument) => void;
  showText: (document: EstimatorDocument) => Promise<void>;
}

/** Every button of the room is one of these commands. */
export function addCommands(options: ICommandsOptions): void {
  const { commands, contents, service, trans, folder, current } = options;
  const session = () => current()?.editor?.session ?? null;

  /** Write a text into a new document, and open it as a form. */
  const open = async (where: string, content: string) => {
    const { path } = await contents.newUntitled({ path: where, type: 'file', ext: EXTENSION });
    await contents.save(path, { type: 'file', format: 'text', content });
    return commands.execute('docmanager:open', { path, factory: FACTORY });
  };

  commands.addCommand(CommandIDs.create, {
    label: args => (args.isLauncher ? trans.__('Estimator') : trans.__('New Estimator')),
    caption: trans.__('Create a SageMaker training job as a document'),
    icon: estimatorIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          cwd: { type: 'string', description: trans.__('The folder of the new document') },
          entry_script: { type: 'string', description: trans.__('The script to train with') },
          isLauncher: { type: 'boolean', description: trans.__('Called from the launcher') }
        }
      }
    },
    execute: args => {
      const where = typeof args.cwd === 'string' ? args.cwd : folder();
      const script = typeof args.entry_script === 'string' ? args.entry_script : 'train.py';
      return open(where, newSpec(jobName(where), script));
    }
  });
  commands.addCommand(CommandIDs.fromTemplate, {
    label: args =>
      args.isLauncher
        ? trans.__('Estimator from Template')
        : trans.__('New Estimator from Template…'),
    caption: trans.__('Create an Estimator from one of the templates of your team'),
    icon: estimatorIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          cwd: { type: 'string', description: trans.__('The folder of the new document') },
          isLauncher: { type: 'boolean', description: trans.__('Called from the launcher') }
        }
      }
    },
    execute: async args => {
      const { chooseTemplate } = await import('./chooseTemplate');
      const text = await chooseTemplate(service, trans);
      return text === null ? null : open(typeof args.cwd === 'string' ? args.cwd : folder(), text);
    }
  });
  commands.addCommand(CommandIDs.train, {
    label: trans.__('Train on SageMaker'),
    caption: trans.__('Create an Estimator that trains with the selected script or notebook'),
    icon: estimatorIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: { type: 'string', description: trans.__('Path of the script or notebook') }
        }
      }
    },
    isEnabled: args =>
      isTrainable(typeof args.path === 'string' ? args.path : options.selectedFile()),
    execute: args => {
      const path = typeof args.path === 'string' ? args.path : options.selectedFile();
      if (path) {
        const name = PathExt.basename(path, PathExt.extname(path));
        return open(PathExt.dirname(path), newSpec(jobName(name), PathExt.basename(path)));
      }
    }
  });
  commands.addCommand(CommandIDs.fromJob, {
    label: trans.__('New Estimator from Training Job'),
    caption: trans.__('Create an Estimator that does what a training job did'),
    icon: estimatorIcon,
    describedBy: {
      args: {
        type: 'object',
        required: ['training_job_name'],
        properties: {
          training_job_name: { type: 'string', description: trans.__('Name of the training job') }
        }
      }
    },
    isEnabled: args => typeof args.training_job_name === 'string',
    execute: async args => {
      const { spec, notes } = await service.importJob(String(args.training_job_name));
      const document = await open(folder(), await service.format(spec as SpecValues));
      for (const note of notes ?? []) {
        Notification.warning(note, { autoClose: false });
      }
      return document;
    }
  });
  commands.addCommand(CommandIDs.channel, {
    label: trans.__('Use as Training Channel'),
    caption: trans.__('Add a channel to the open Estimator, or to a new one'),
    icon: estimatorIcon,
    describedBy: {
      args: {
        type: 'object',
        required: ['s3_uri'],
        properties: { s3_uri: { type: 'string', description: trans.__('Object or prefix in S3') } }
      }
    },
    isEnabled: args => typeof args.s3_uri === 'string',
    execute: args => {
      const uri = String(args.s3_uri);
      const document = current();
      const model = session()?.kind === 'TrainingJob' ? session()?.model : null;
      if (!document || !model) {
        return open(folder(), newSpec(jobName(folder()), 'train.py', uri));
      }
      model.addChannel(uri);
      options.show(document);
      return document;
    }
  });
  commands.addCommand(CommandIDs.text, {
    label: trans.__('Show Text Beside the Estimator Form'),
    caption: trans.__('Show the text of this Estimator beside the form'),
    icon: editIcon,
    describedBy: noArguments,
    isEnabled: () => current() !== null,
    execute: async () => {
      const document = current();
      if (document) {
        await options.showText(document);
      }
    }
  });
  commands.addCommand(CommandIDs.check, {
    label: trans.__('Check Estimator'),
    caption: trans.__('Look for what would make a launch fail; nothing is launched'),
    describedBy: noArguments,
    isEnabled: () => session()?.canLaunch ?? false,
    execute: () => session()?.check()
  });
  commands.addCommand(CommandIDs.launch, {
    label: trans.__('Launch Estimator'),
    caption: trans.__('Start the training job of this Estimator'),
    describedBy: noArguments,
    isEnabled: () => session()?.canLaunch === true && session()?.launch.jobName === null,
    execute: () => session()?.launchFirst()
  });
  commands.addCommand(CommandIDs.again, {
    label: trans.__('Launch Estimator Again'),
    caption: trans.__('Start another training job of an Estimator that was launched before'),
    describedBy: noArguments,
    isEnabled: () => session()?.canLaunch === true && session()?.launch.jobName !== null,
    execute: () => session()?.launchAgain()
  });
  commands.addCommand(CommandIDs.code, {
    label: trans.__('Show Code of Estimator'),
    caption: trans.__('Show the request that a launch would send, and code that sends the same'),
    describedBy: noArguments,
    isEnabled: () => session() !== null,
    execute: () => current()?.editor?.toggleCode()
  });
}

/** Open a new notebook in a folder, with this code in its first cell. */
export async function newNotebook(
  commands: CommandRegistry,
  contents: Contents.IManager,
  folder: string,
  code: string,
  kernelspec: KernelSpec.ISpecModel | undefined
): Promise<void> {
  const { path } = await contents.newUntitled({ path: folder, type: 'notebook' });
  const cell = {
    cell_type: 'code',
    source: code,
    metadata: {},
    outputs: [],
    execution_count: null
  };
  await contents.save(path, {
    type: 'notebook',
    format: 'json',
    content: {
      cells: [cell],
      // Without a kernel JupyterLab would ask for one.
      metadata: kernelspec && {
        kernelspec: { name: kernelspec.name, display_name: kernelspec.display_name }
      },
      nbformat: 4,
      nbformat_minor: 4
    }
  });
  await commands.execute('docmanager:open', { path });
}

function isTrainable(path: string | null): boolean {
  return path !== null && ['.py', '.ipynb'].includes(PathExt.extname(path));
}

/** Open a new Python file in a folder, with this code. */
export async function newFile(
  commands: CommandRegistry,
  contents: Contents.IManager,
  folder: string,
  code: string
): Promise<void> {
  const { path } = await contents.newUntitled({ path: folder, type: 'file', ext: '.py' });
  await contents.save(path, { type: 'file', format: 'text', content: code });
  await commands.execute('docmanager:open', { path });
}

/** A job's base name from the folder's: letters, digits and hyphens. */
function jobName(folder: string): string {
  const name = PathExt.basename(folder)
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return name || 'estimator';
}
